import { existsSync } from 'node:fs';
import type { Machine } from '../system/machine.ts';
import { unmountBelow } from '../unmount-below.ts';

/** Unmounts what was shared by virtio-fs below `root` and answers no more, since the host has taken it away. */
export function unmountStaleShares(machine: Pick<Machine, 'unmount'>, root: string, mounts: string): void {
  for (const line of mounts.split('\n')) {
    const [, target = '', type] = line.split(' ');
    if (type === 'virtiofs' && target.startsWith(`${root}/`) && !existsSync(target))
      unmountBelow(machine, target, mounts);
  }
}
