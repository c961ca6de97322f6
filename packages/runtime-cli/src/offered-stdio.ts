import { closeSync, fstatSync, openSync } from 'node:fs';
import { replaceDescriptor } from '@hako/posix';

/** Stream places for a task request; empty means none. */
export interface OfferedStdio {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly terminal: boolean;
}

const NULL_DEVICE = 0x103; // makedev(1, 3)

/**
 * This process's stdin, stdout and stderr as places that the shim can open, or take: see openProcessIo of @hako/shim.
 * /dev/null is offered as nothing.
 *
 * @param pid a process that has inherited them, when it is to be named in place of this one
 * @param terminal the process has a terminal, whose only output goes to stdout
 */
export function offeredStdio(pid: number = process.pid, terminal = false): OfferedStdio {
  const place = (fd: 0 | 1 | 2): string => (isNothing(fd) ? '' : `/proc/${pid}/fd/${fd}`);
  return { stdin: place(0), stdout: place(1), stderr: terminal ? '' : place(2), terminal };
}

/** The same of a stand-in that inherited them, or that holds a terminal as its stdin. */
export function standInStdio(pid: number, terminal: boolean): OfferedStdio {
  if (!terminal) return offeredStdio(pid);
  return { stdin: `/proc/${pid}/fd/0`, stdout: `/proc/${pid}/fd/1`, stderr: '', terminal: true };
}

/**
 * Gives up this process's stdin and stdout once the shim has them, where that is what their other ends wait for: a
 * pipe's reader sees the end when the container's process closes its side, not when this command ends.
 */
export function releaseStdio(): void {
  const nothing = openSync('/dev/null', 'r+');
  for (const fd of [0, 1]) if (isPipe(fd)) replaceDescriptor(fd, nothing);
  closeSync(nothing);
}

function isNothing(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isCharacterDevice() && stat.rdev === NULL_DEVICE;
  } catch {
    return true;
  }
}

function isPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
