import { readFile, stat } from 'node:fs/promises';
import type { HypervisorConfig } from '@hako/config';
import { parseKernelList } from '@hako/posix';
import type { Accelerator } from './accelerator/accelerator.ts';
import { isImageNvdimm } from './arguments/memory.ts';

/** What the command line needs to know of the host, where the configuration asks for it. */
export interface HostFacts {
  readonly imageSizeBytes?: number;
  readonly numaNodes?: readonly number[];
  /** Rate of the time stamp counter that an emulated guest sees, which is the host's. kHz. */
  readonly tscKhz?: number;
}

/** Asks the host only for what this machine needs. */
export async function hostFacts(
  hypervisor: HypervisorConfig,
  hasManifest: boolean,
  accelerator: Accelerator,
): Promise<HostFacts> {
  const tscKhz = accelerator === 'kvm' ? undefined : await hostTscKhz();
  return {
    ...(tscKhz === undefined ? {} : { tscKhz }),
    ...(isImageNvdimm(hypervisor, hasManifest) ? { imageSizeBytes: await sizeOf(hypervisor.image) } : {}),
    ...(hypervisor.enableNuma ? { numaNodes: await onlineNodes() } : {}),
  };
}

async function hostTscKhz(): Promise<number | undefined> {
  return tscKhzOf(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''));
}

/**
 * The rate of the time stamp counter in the text of /proc/cpuinfo, in kHz; undefined where it does not say. `cpu MHz` is
 * what the kernel counts by, unless it can measure what the processor does at the moment (aperfmperf).
 */
export function tscKhzOf(cpuinfo: string): number | undefined {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(' ') ?? [];
  const mhz = /^cpu MHz\s*: (\d{2,5})\.(\d{3})$/m.exec(cpuinfo);
  if (mhz === null || !flags.includes('constant_tsc') || flags.includes('aperfmperf')) return undefined;
  return Number(`${mhz[1]}${mhz[2]}`);
}

async function onlineNodes(): Promise<readonly number[]> {
  // A kernel without NUMA has no such file, and one node.
  const text = await readFile('/sys/devices/system/node/online', 'utf8').catch(() => '0');
  return parseKernelList(text) ?? [0];
}

/** 0 for what is not there, which `checkHost` tells. */
async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
