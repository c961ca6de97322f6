import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 60_000;
const LOOK_AGAIN_MS = 10;

/** Asks until there is an answer, for what no event tells of; rejects, naming `what`, after a minute. */
export async function waitFor<T>(ask: () => Promise<T | undefined>, what: string): Promise<T> {
  const deadlineMs = performance.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadlineMs) throw new Error(`never came true: ${what}`);
    await delay(LOOK_AGAIN_MS);
  }
}
