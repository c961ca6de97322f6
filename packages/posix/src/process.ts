import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { callLibc, syscallNumbers } from './libc.ts';
import { PosixError } from './posix-error.ts';
import { processStatus } from './process-status.ts';

/** Start time of a process (see ProcessStatus), or null when there is no such process. */
export function processStartTime(pid: number): number | null {
  return processStatus(pid)?.startTime ?? null;
}

/** True when the process with that pid AND start time exists and has not ended. */
export function isProcessAlive(pid: number, startTime: number): boolean {
  const status = processStatus(pid);
  return status !== null && status.startTime === startTime && status.state !== 'Z' && status.state !== 'X';
}

/**
 * Sends a signal to exactly the process that had `pid` at `startTime`, never to a later one with the same pid.
 * False when that process is gone. Throws PosixError (EPERM, EINVAL).
 */
export function killExact(pid: number, startTime: number, signal: NodeJS.Signals | number): boolean {
  const number = typeof signal === 'number' ? signal : constants.signals[signal];
  let pidfd: number;
  try {
    pidfd = callLibc('pidfd_open', [syscallNumbers.pidfd_open, pid, 0]);
  } catch (error) {
    if (error instanceof PosixError && error.code === 'ESRCH') return false;
    throw error;
  }
  try {
    // The descriptor holds whatever process has the pid now; if its start time is right, it is the one that was meant.
    if (processStartTime(pid) !== startTime) return false;
    callLibc('pidfd_send_signal', [syscallNumbers.pidfd_send_signal, pidfd, number, null, 0]);
    return true;
  } catch (error) {
    if (error instanceof PosixError && error.code === 'ESRCH') return false;
    throw error;
  } finally {
    closeSync(pidfd);
  }
}

const PR_SET_CHILD_SUBREAPER = 36;

/**
 * Makes this process the adoptive parent of its descendants' orphans. JavaScript engines reap only the children
 * they spawned: adopted ones stay until `reapChild` is called for them.
 */
export function setChildSubreaper(enabled: boolean): void {
  callLibc('prctl', [PR_SET_CHILD_SUBREAPER, enabled ? 1 : 0, 0, 0, 0]);
}

const PR_GET_SECUREBITS = 27;
const PR_SET_SECUREBITS = 28;
/** capabilities(7), SECBIT_NO_SETUID_FIXUP */
const NO_SETUID_FIXUP = 1 << 2;

/**
 * Runs `start`, which starts a process: that one keeps its capabilities while it acts under another user's id
 * (capabilities(7), "securebits"). Of this thread nothing is changed when it returns. Throws PosixError EPERM without
 * CAP_SETPCAP; `start` has not been called then.
 */
export function keepingCapabilities<T>(start: () => T): T {
  const before = callLibc('prctl', [PR_GET_SECUREBITS, 0, 0, 0, 0]);
  callLibc('prctl', [PR_SET_SECUREBITS, before | NO_SETUID_FIXUP, 0, 0, 0]);
  try {
    return start();
  } finally {
    callLibc('prctl', [PR_SET_SECUREBITS, before, 0, 0, 0]);
  }
}

export interface ChildExit {
  readonly pid: number;
  /** Exit status, or null when a signal ended the process. */
  readonly exitCode: number | null;
  /** Number of the signal that ended the process, or null. */
  readonly signal: number | null;
}

const WNOHANG = 1;

/**
 * Reaps one ended child that this process adopted, without waiting: null while it runs. Not for children that node:child_process
 * spawned; their exit would be lost to it. Throws PosixError ECHILD when `pid` is no child.
 */
export function reapChild(pid: number): ChildExit | null {
  const status = Buffer.alloc(4);
  const reaped = callLibc('waitpid', [pid, status, WNOHANG]);
  if (reaped === 0) return null;
  const word = status.readInt32LE(0);
  const signal = word & 0x7f;
  return signal === 0
    ? { pid: reaped, exitCode: (word >> 8) & 0xff, signal: null }
    : { pid: reaped, exitCode: null, signal };
}
