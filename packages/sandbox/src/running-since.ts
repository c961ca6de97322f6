import { processStatus } from '@hako/posix/process-status';

/** Start time in clock ticks since boot, or null when no such process runs: one that has ended and is not reaped does not. */
export function runningSince(pid: number): number | null {
  const status = processStatus(pid);
  return status === null || status.state === 'Z' || status.state === 'X' ? null : status.startTime;
}
