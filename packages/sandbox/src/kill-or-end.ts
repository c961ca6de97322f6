import type { AgentClient } from '@hako/agent-client';
import { isCodedError } from '@hako/errors';

/**
 * How long the guest may take to answer a SIGKILL before it is asked whether it lives. An answer costs a guest tens of
 * milliseconds of CPU, so a machine that gets a fortieth of a core still gives it.
 */
const KILL_ANSWER_MS = 4000;

/**
 * How long it may take to say that it lives, and how often it is asked. Kata's runtime gives a health check 30 s while nobody
 * wants an end; here somebody does, and with the wait before it is less than the 15 s that `hako delete --force` has. Asked twice,
 * since a shim that itself stood still finds its own timer over before it reads what has come.
 */
const LIFE_SIGN_MS = 4000;
const QUESTIONS = 2;

/** A SIGKILL, and what is to happen where the guest leaves it unanswered. */
export interface LastResort {
  readonly agent: Pick<AgentClient, 'check'>;
  /** Sends it. Rejects with AgentError `timeout` at its own deadline. */
  readonly kill: () => Promise<void>;
  /** Ends the machine, and resolves when all in it has ended. */
  readonly endMachine: (why: string) => Promise<void>;
}

/**
 * Kills through the guest, or, where the guest does not answer, with it: nobody could end a container whose machine hangs
 * otherwise. A guest that is only slow says that it lives, and has the whole deadline of the call; one that
 * lives and does not do it by then has no say either.
 *
 * @throws AgentError what the guest answered, or `closed`
 */
export async function killOrEnd({ agent, kill, endMachine }: LastResort): Promise<void> {
  const killed = kill();
  const answered = notLate(killed);
  if (!(await within(answered, KILL_ANSWER_MS)) && !(await livesOn(agent, answered))) {
    const seconds = (KILL_ANSWER_MS + QUESTIONS * LIFE_SIGN_MS) / 1000;
    await endMachine(`the guest hangs: no answer to SIGKILL and health check for ${seconds} s`);
    return;
  }
  if (await answered) await killed;
  else await endMachine('the guest answers, but not to SIGKILL');
}

async function livesOn(agent: LastResort['agent'], answered: Promise<boolean>): Promise<boolean> {
  for (let asked = 0; asked < QUESTIONS; asked += 1) {
    const check = notLate(agent.check({}, { timeoutMs: LIFE_SIGN_MS }));
    if (await Promise.race([answered, check])) return true;
  }
  return false;
}

/** True once the call has ended in any way but by its deadline. */
function notLate(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    (error: unknown) => !(isCodedError(error) && error.code === 'timeout'),
  );
}

async function within(answered: Promise<boolean>, limitMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
