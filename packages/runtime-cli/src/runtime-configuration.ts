import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HostPaths, type LoadedConfig, mergeConfiguration } from '@hako/config';
import type { ConfigurationFile } from './load-configuration.ts';

/** The effective configuration before annotations: a file's, or the built-in one where there is none. */
export function loadRuntimeConfig(file: ConfigurationFile | undefined): LoadedConfig {
  const sources = file === undefined ? [] : [{ file: file.path, text: file.text }];
  return mergeConfiguration(sources, { hostPaths: findHostPaths(process.execPath) });
}

/** Where things lie that the configuration does not name: beside this executable, or where Debian puts them. */
function findHostPaths(executable: string): HostPaths {
  const beside = join(dirname(executable), '..');
  const guest = firstThere([join(beside, 'guest'), join(beside, 'share', 'hako', 'guest')]);
  const daemon = firstThere(['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd']);
  return {
    ...(guest === undefined ? {} : { kernel: join(guest, 'vmlinux'), image: join(guest, 'hako-guest.img') }),
    ...(daemon === undefined ? {} : { virtioFsDaemon: daemon }),
  };
}

function firstThere(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}
