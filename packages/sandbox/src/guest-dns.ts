import { closeSync, openSync, readSync } from 'node:fs';
import type { ContainerConfig } from '@hako/oci-translate';

/** More than any resolver reads. */
const MAX_BYTES = 65_536;

/**
 * Lines for the guest's own resolv.conf: those of the file that the container has mounted on /etc/resolv.conf, as with
 * Kata. Empty where it mounts none, or none that can be read.
 */
export function guestDns({ spec }: Pick<ContainerConfig, 'spec'>): readonly string[] {
  const mount = spec.mounts?.find(({ destination }) => destination === '/etc/resolv.conf');
  if (mount?.source === undefined) return [];
  try {
    return beginningOf(mount.source)
      .split('\n')
      .filter((line) => line.trim() !== '');
  } catch {
    // The mount itself will tell what is wrong with it.
    return [];
  }
}

function beginningOf(path: string): string {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(MAX_BYTES);
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } finally {
    closeSync(fd);
  }
}
