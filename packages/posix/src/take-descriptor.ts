import { closeSync } from 'node:fs';
import { callLibc, syscallNumbers } from './libc.ts';

/**
 * A copy of another process's descriptor: the same open file description, so also the same offset, and also of
 * sockets, which cannot be opened through /proc. Close-on-exec; the caller closes it. Needs the right to trace that
 * process. Throws PosixError: ESRCH, EBADF, EPERM.
 */
export function takeDescriptor(pid: number, fd: number): number {
  const pidfd = callLibc('pidfd_open', [syscallNumbers.pidfd_open, pid, 0]);
  try {
    return callLibc('pidfd_getfd', [syscallNumbers.pidfd_getfd, pidfd, fd, 0]);
  } finally {
    closeSync(pidfd);
  }
}

const O_CLOEXEC = 0o2000000;

/** Makes `fd` a copy of `source`: whatever it was is closed. Throws PosixError. */
export function replaceDescriptor(fd: number, source: number): void {
  callLibc('dup3', [source, fd, fd > 2 ? O_CLOEXEC : 0]);
}
