import { readFileSync } from 'node:fs';

export interface ProcessStatus {
  /** Time of the process's start in clock ticks since the host booted; with the pid it names a process for good. */
  readonly startTime: number;
  /** One letter of proc(5): `R`, `S`, `D`, `T`, `Z` (ended, not reaped), `X` ... */
  readonly state: string;
  readonly parentPid: number;
  /** It has begun to end, which shows before its files are closed. */
  readonly isExiting: boolean;
  /** CPU time that it has used, its own and the kernel's for it, in clock ticks of 10 ms. */
  readonly cpuTicks: number;
}

/** Flag of a task in the kernel's include/linux/sched.h. */
const PF_EXITING = 4;

/** What /proc/PID/stat says, or null when there is no such process. Throws Node's error for other failures. */
export function processStatus(pid: number): ProcessStatus | null {
  const path = `/proc/${pid}/stat`;
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
  // The second field, the name in parentheses, may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '',
    parentPid: Number(fields[1]),
    isExiting: (Number(fields[6]) & PF_EXITING) !== 0,
    startTime: Number(fields[19]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
  };
}
