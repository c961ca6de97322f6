import { callLibc, syscallNumbers } from './libc.ts';

const CLOSE_RANGE_CLOEXEC = 4;
const LAST_FD = 0xffff_ffff;

/**
 * Marks every open descriptor from `firstFd` on to be closed in programs started later. Callers of an OCI runtime leak
 * theirs into it (podman build about a dozen pipe ends), and a process that outlives the command must not keep them
 * open. Descriptors named in a child's `stdio` are passed on all the same. Throws PosixError ENOSYS before Linux 5.11.
 */
export function closeOnExecFrom(firstFd: number): void {
  callLibc('close_range', [syscallNumbers.close_range, firstFd, LAST_FD, CLOSE_RANGE_CLOEXEC]);
}
