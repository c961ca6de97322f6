import { lstatSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { CdiFile, CdiHost, HostNumbers } from '@hako/oci-translate/cdi';
import { maxCdiLength } from '@hako/oci-translate/cdi';
import { readAtMost } from './read-text.ts';

/** Where files of the Container Device Interface lie; of the same device that of the later folder counts. CDI specification, `pkg/cdi/spec-dirs.go`. */
const cdiFolders: readonly string[] = ['/etc/cdi', '/var/run/cdi'];

/** What this host says of the devices of the Container Device Interface. */
export function cdiHost(folders: readonly string[] = cdiFolders): CdiHost {
  return {
    folders,
    files: () => folders.flatMap((folder, rank) => filesOf(folder, rank)),
    characterDevice,
  };
}

/** Files `.json` and `.yaml` of the folder itself. */
function filesOf(folder: string, rank: number): readonly CdiFile[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && ['.json', '.yaml'].includes(extname(entry.name)))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    return [{ path: folder, rank, text: { error: (error as Error).message } }];
  }
  return names.map((name) => {
    const path = join(folder, name);
    try {
      return { path, rank, text: readAtMost(path, maxCdiLength) };
    } catch (error) {
      return { path, rank, text: { error: (error as Error).message } };
    }
  });
}

function characterDevice(path: string): HostNumbers | undefined {
  try {
    const stats = lstatSync(path);
    return stats.isCharacterDevice() ? numbersOf(stats.rdev) : undefined;
  } catch {
    return undefined;
  }
}

/** major(3) and minor(3) of glibc, for what fits an exact number. */
function numbersOf(rdev: number): HostNumbers {
  return {
    major: Math.floor(rdev / 0x100) & 0xfff,
    minor: (rdev & 0xff) | (Math.floor(rdev / 0x1000) & 0xfff00),
  };
}
