import { syscall } from './syscall.ts';

const CLOCK_MONOTONIC = 1;
const time = new BigInt64Array(2);

/** Milliseconds of the monotonic clock. */
export function monotonicMs(): number {
  syscall('clock_gettime', CLOCK_MONOTONIC, time);
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
}

const startMs = monotonicMs();

/** As in the High Resolution Time standard, from the program's start. */
export const performance: { now(): number } = { now: () => monotonicMs() - startMs };
