import type { AgentClient } from '@hako/agent-client';
import { guestAnswers, isNotLate, SILENCE_SEC, within } from './guest-answers.ts';

/** How long a process may take to end of a SIGKILL that the guest has answered: its kernel may wait for a disk, or a share, before. */
const END_MS = 30_000;

/** A signal to a container, and what is to happen where the guest does not do what it asks for. */
export interface LastResort {
  readonly agent: Pick<AgentClient, 'check'>;
  /** Sends it. Rejects with AgentError `timeout` at its own deadline. */
  readonly send: () => Promise<void>;
  /** Ends the machine, and resolves when all in it has ended. */
  readonly endMachine: (why: string) => Promise<void>;
  readonly warn: (message: string) => void;
}

/**
 * Kills through the guest, or, where the guest does not answer, with it: nobody could end a container whose machine hangs
 * otherwise. A guest that is only slow says that it lives, and has the whole deadline of the call; one that
 * lives and does not do it by then has no say either.
 *
 * @throws AgentError what the guest answered, or `closed`
 */
export async function killOrEnd({ agent, send, endMachine }: LastResort): Promise<void> {
  const killed = send();
  const answered = isNotLate(killed);
  if (!(await guestAnswers(agent, killed))) {
    await endMachine(`the guest hangs: no answer to SIGKILL and health check for ${SILENCE_SEC} s`);
    return;
  }
  if (await answered) await killed;
  else await endMachine('the guest answers, but not to SIGKILL');
}

/**
 * Sends another signal. In a guest that hangs it waits, as one does for a process that is stopped: whoever stops a container goes on to
 * SIGKILL then, rather than to give up.
 *
 * @throws AgentError what the guest answered, `timeout` for one that lives, or `closed`
 */
export async function signalOrLeave({ agent, send, warn }: LastResort, signal: number): Promise<void> {
  const sent = send();
  if (await guestAnswers(agent, sent)) return sent;
  sent.catch(() => {});
  warn(`the guest hangs: no answer to signal ${signal} and health check for ${SILENCE_SEC} s`);
}

/**
 * Looks after a SIGKILL that the guest has answered: where the container does not end, and the machine is there for nothing else, the
 * machine is ended; of one of several it is said.
 */
export async function endIfLate(
  stopped: Promise<unknown>,
  {
    isWholeSandbox,
    endMachine,
    warn,
  }: Pick<LastResort, 'endMachine' | 'warn'> & { readonly isWholeSandbox: boolean },
): Promise<void> {
  const hasStopped = stopped.then(() => true);
  if (await within(hasStopped, END_MS)) return;
  const what = `the container has not ended ${END_MS / 1000} s after SIGKILL`;
  if (isWholeSandbox) await endMachine(what);
  else warn(what);
}
