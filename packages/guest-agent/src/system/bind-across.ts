import { closeSync, openSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import type { Libc } from './libc.ts';

/** A folder in the mount namespace of a process. */
export interface FolderOf {
  readonly pid: number;
  /** Descriptor of the folder. */
  readonly fd: number;
}

const CLONE_NEWNS = 0x20000;
const AT_EMPTY_PATH = 0x1000;
const AT_RECURSIVE = 0x8000;
const OPEN_TREE_CLONE = 1;
const OPEN_TREE_CLOEXEC = 0o2000000;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const MOVE_MOUNT_T_EMPTY_PATH = 0x40;

/**
 * Shows a folder with the mounts below it in another one, also of another mount namespace (open_tree(2), move_mount(2)). The
 * kernel copies a mount only for who is in its namespace, and sets it only there: this process, which must have one thread only,
 * is in each of the two for a moment, and no path is looked up meanwhile. Throws AgentError `internal`; what opening throws.
 */
export function bindAcross(libc: Libc, source: FolderOf, target: FolderOf): void {
  const opened: number[] = [];
  const open = (pid: number | 'self'): number => {
    const fd = openSync(`/proc/${pid}/ns/mnt`, 'r');
    opened.push(fd);
    return fd;
  };
  try {
    const [home, from, to] = [open('self'), open(source.pid), open(target.pid)];
    try {
      checked('joining a mount namespace', libc.setns(from, CLONE_NEWNS));
      const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH;
      const tree = checked('copying a mount', libc.openTree(source.fd, flags));
      opened.push(tree);
      checked('joining a mount namespace', libc.setns(to, CLONE_NEWNS));
      const places = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
      checked('mounting the copy', libc.moveMount(tree, target.fd, places));
    } finally {
      checked('returning to the own mount namespace', libc.setns(home, CLONE_NEWNS));
    }
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function checked(what: string, result: number): number {
  if (result >= 0) return result;
  throw new AgentError('internal', `${what} failed: errno ${-result}`, { facts: { errno: -result } });
}
