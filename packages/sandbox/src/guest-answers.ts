import type { AgentClient } from '@hako/agent-client';
import { isCodedError } from '@hako/errors';

/**
 * How long the guest may take to answer before it is asked whether it lives. An answer costs a guest tens of milliseconds of CPU, so
 * a machine that gets a fortieth of a core still gives it.
 */
const ANSWER_MS = 4000;

/**
 * How long it may take to say that it lives, and how often it is asked. Kata's runtime gives a health check 30 s while nobody
 * wants an end; here somebody does, and with the wait before it is less than the 15 s that `hako delete --force` has. Asked twice,
 * since a shim that itself stood still finds its own timer over before it reads what has come.
 */
const LIFE_SIGN_MS = 4000;
const QUESTIONS = 2;

/** How long a guest is silent before it counts as one that hangs. */
export const SILENCE_SEC: number = (ANSWER_MS + QUESTIONS * LIFE_SIGN_MS) / 1000;

/**
 * Whether a call is worth waiting for. True once it has ended, well or not, or when its guest is only slow: it says that it lives, and
 * the call has its own deadline. False for a guest that has answered neither it nor health checks for SILENCE_SEC. Never rejects.
 */
export async function guestAnswers(
  agent: Pick<AgentClient, 'check'>,
  call: Promise<unknown>,
): Promise<boolean> {
  const answered = isNotLate(call);
  if (await within(answered, ANSWER_MS)) return true;
  for (let asked = 0; asked < QUESTIONS; asked += 1) {
    const check = isNotLate(agent.check({}, { timeoutMs: LIFE_SIGN_MS }));
    if (await Promise.race([answered, check])) return true;
  }
  return false;
}

/** True once the call has ended in any way but by its deadline. Never rejects. */
export function isNotLate(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    (error: unknown) => !(isCodedError(error) && error.code === 'timeout'),
  );
}

/** What `answered` becomes, or false where it takes longer. */
export async function within(answered: Promise<boolean>, limitMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
