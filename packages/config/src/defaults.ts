import type { Origin } from '@hako/shape';
import type { ConfigKey } from './key.ts';
import type { HypervisorConfig, RuntimeConfig } from './runtime-config.ts';
import { configKeys } from './sections.ts';

/** Where this host keeps what the VM needs; each replaces the built-in default. */
export interface HostPaths {
  /** QEMU program. */
  readonly hypervisor?: string;
  readonly kernel?: string;
  readonly image?: string;
  readonly initrd?: string;
  readonly virtioFsDaemon?: string;
}

/** The configuration with no file at all, by default that of line 3.x. A new object on each call. */
export function defaultRuntimeConfig(hostPaths: HostPaths = {}, line: '1.x' | '3.x' = '3.x'): RuntimeConfig {
  const parts: Record<string, Record<string, unknown>> = {};
  for (const [part, table] of Object.entries(configKeys)) parts[part] = defaultsOf(table, line);
  // Each member comes from the table whose type demands exactly the members of the part.
  const config = parts as unknown as RuntimeConfig;
  return { ...config, hypervisor: withPaths(config.hypervisor, hostPaths) };
}

/** The values of one part where nobody says anything. */
export function defaultsOf(table: object, line: '1.x' | '3.x' = '3.x'): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [field, key] of Object.entries(table as Record<string, ConfigKey<unknown>>))
    values[field] = defaultOf(key, line);
  return values;
}

function defaultOf(key: ConfigKey<unknown>, line: '1.x' | '3.x'): unknown {
  return line === '1.x' && key.default1x !== undefined ? key.default1x : key.default;
}

function withPaths(hypervisor: HypervisorConfig, paths: HostPaths): HypervisorConfig {
  const boots = paths.image !== undefined || paths.initrd !== undefined;
  return {
    ...hypervisor,
    path: paths.hypervisor ?? hypervisor.path,
    kernel: paths.kernel ?? hypervisor.kernel,
    image: boots ? (paths.image ?? '') : hypervisor.image,
    initrd: boots ? (paths.initrd ?? '') : hypervisor.initrd,
    virtioFsDaemon: paths.virtioFsDaemon ?? hypervisor.virtioFsDaemon,
    validHypervisorPaths: [paths.hypervisor ?? hypervisor.path],
    validVirtioFsDaemonPaths: [paths.virtioFsDaemon ?? hypervisor.virtioFsDaemon],
  };
}

/** Origins of the values that come from the host's paths. */
export function hostPathOrigins(hostPaths: HostPaths = {}): Record<string, Origin> {
  const { hypervisor, kernel, image, initrd, virtioFsDaemon } = hostPaths;
  const fields = {
    path: hypervisor,
    validHypervisorPaths: hypervisor,
    kernel,
    image: image ?? initrd,
    initrd: initrd ?? image,
    virtioFsDaemon,
    validVirtioFsDaemonPaths: virtioFsDaemon,
  };
  const origin: Origin = { kind: 'derived', from: 'found on this host' };
  const found = Object.entries(fields).filter(([, path]) => path !== undefined);
  return Object.fromEntries(found.map(([field]) => [`hypervisor.${field}`, origin]));
}
