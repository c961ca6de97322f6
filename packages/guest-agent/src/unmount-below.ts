import { readFileSync } from 'node:fs';
import type { Machine } from './system/machine.ts';

/**
 * Unmounts all that is mounted at or below a folder, the deepest first. What the host has mounted below its share is a
 * mount of its own here, made by the kernel when somebody looked into it, and holds the host's files until it goes.
 */
export function unmountBelow(machine: Pick<Machine, 'unmount'>, folder: string, mounts?: string): void {
  const found = mountPointsIn(mounts ?? readFileSync('/proc/self/mounts', 'latin1')).filter(
    (path) => path === folder || path.startsWith(`${folder}/`),
  );
  for (const path of found.sort((a, b) => b.length - a.length)) machine.unmount(path);
}

/** proc(5): the second word of a line; blanks and backslashes as three octal digits. */
function mountPointsIn(mounts: string): string[] {
  return mounts
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .map((path) =>
      path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    );
}
