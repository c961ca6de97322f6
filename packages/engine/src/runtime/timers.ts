import { monotonicMs } from './clock.ts';

const longestMs = 2 ** 31 - 1;

/** A timer that waits, or waited, for its moment. */
export class Timeout {
  dueMs: number;
  readonly callback: () => void;
  readonly repeatMs: number | undefined;
  #keepsAlive = true;

  constructor(callback: () => void, ms: number, repeats: boolean) {
    // As in Node.js: what is no length of time is the shortest one.
    const waitMs = ms >= 1 && ms <= longestMs ? ms : 1;
    this.callback = callback;
    this.dueMs = monotonicMs() + waitMs;
    this.repeatMs = repeats ? waitMs : undefined;
  }

  /** The program waits for it. */
  ref(): this {
    this.#keepsAlive = true;
    return this;
  }

  /** The program may end before it. */
  unref(): this {
    this.#keepsAlive = false;
    return this;
  }

  hasRef(): boolean {
    return this.#keepsAlive;
  }
}

/** By their moments, the first one first; of the same moment in the order in which they were set. */
const waiting: Timeout[] = [];

function enqueue(timer: Timeout): Timeout {
  let at = waiting.length;
  while (at > 0 && (waiting[at - 1]?.dueMs ?? 0) > timer.dueMs) at--;
  waiting.splice(at, 0, timer);
  return timer;
}

export function setTimeout<Arguments extends unknown[]>(
  callback: (...args: Arguments) => void,
  ms = 1,
  ...args: Arguments
): Timeout {
  return enqueue(new Timeout(() => callback(...args), ms, false));
}

export function setInterval<Arguments extends unknown[]>(
  callback: (...args: Arguments) => void,
  ms = 1,
  ...args: Arguments
): Timeout {
  return enqueue(new Timeout(() => callback(...args), ms, true));
}

export function clearTimeout(timer: Timeout | undefined): void {
  const at = timer === undefined ? -1 : waiting.indexOf(timer);
  if (at >= 0) waiting.splice(at, 1);
}

export function clearInterval(timer: Timeout | undefined): void {
  clearTimeout(timer);
}

export function timersKeepAlive(): boolean {
  return waiting.some((timer) => timer.hasRef());
}

/** Undefined without any timer. */
export function msToNextTimer(): number | undefined {
  const first = waiting[0];
  return first === undefined ? undefined : Math.max(0, first.dueMs - monotonicMs());
}

/** Runs what is due; timers that are set meanwhile wait for the next time. */
export function runDueTimers(run: (callback: () => void) => void): void {
  if (waiting.length === 0) return;
  const nowMs = monotonicMs();
  const due = waiting.filter(({ dueMs }) => dueMs <= nowMs);
  for (const timer of due) {
    const at = waiting.indexOf(timer);
    // An earlier one may have cleared it.
    if (at < 0) continue;
    waiting.splice(at, 1);
    if (timer.repeatMs !== undefined) {
      timer.dueMs = nowMs + timer.repeatMs;
      enqueue(timer);
    }
    run(timer.callback);
  }
}
