import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 60_000;
const LOOK_AGAIN_MS = 20;

/** Waits until `condition` holds, for what no event tells of; fails naming `what` after a minute. */
export async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`never came true: ${what}`);
    await delay(LOOK_AGAIN_MS);
  }
}
