import { syscall } from './syscall.ts';

const CLOCK_MONOTONIC = 1;
const time = new BigInt64Array(2);

/** Milliseconds of the monotonic clock. */
export function monotonicMs(): number {
  syscall('clock_gettime', CLOCK_MONOTONIC, time);
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
}

let startMs: number | undefined;

/** As in the High Resolution Time standard, from the first call on. */
export const performance: { now(): number } = {
  now() {
    const nowMs = monotonicMs();
    startMs ??= nowMs;
    return nowMs - startMs;
  },
};
