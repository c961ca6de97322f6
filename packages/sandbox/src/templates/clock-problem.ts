/** The guest's clock, read between two moments of the host's. */
export interface ClockReading {
  readonly earliestMs: number;
  readonly latestMs: number;
  /** Since the guest's boot. */
  readonly guestMs: number;
}

/** What the clocks of a host that is busy and of its guest may differ by, in what one of them counts. */
const TOLERANCE = 1.25;
/** The guest's clock is read in steps of 10 ms. */
const STEP_MS = 20;

/** Why the guest's clock cannot be right, as far as two readings can tell; undefined where it may be. */
export function clockProblem(first: ClockReading, second: ClockReading): string | undefined {
  const guestMs = second.guestMs - first.guestMs;
  const leastMs = second.earliestMs - first.latestMs;
  const mostMs = second.latestMs - first.earliestMs;
  if (guestMs >= leastMs / TOLERANCE - STEP_MS && guestMs <= mostMs * TOLERANCE + STEP_MS) return undefined;
  const range = `${Math.round(leastMs)} to ${Math.round(mostMs)} ms`;
  return `the guest's clock does not go right: it counted ${Math.round(guestMs)} ms in ${range}`;
}
