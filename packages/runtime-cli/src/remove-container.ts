import { isCodedError } from '@hako/errors';
import { removeByForce as removeFromOutside, removeState, sandboxError } from '@hako/sandbox/state';
import { connectShim, type TaskConnection } from '@hako/shim/client';
import type { Context } from './context.ts';
import { notice } from './notice.ts';

/**
 * How long shim and guest may take to end a container before they are ended themselves: longer than the 10 s for which the
 * shim waits for somebody to read what a killed process has written, and than the 12 s after which it ends a machine whose guest hangs.
 */
const FORCE_TIMEOUT_MS = 15_000;

/** A container and the sandbox it belongs to, which has the same id unless it is a further member of a pod. */
export interface ContainerIds {
  readonly id: string;
  readonly sandboxId: string;
}

/**
 * Deletes a container that is stopped (or created). With a sandbox's own container, or its last, the sandbox goes, and
 * all is cleaned up when this resolves: by the shim, or, where that is killed meanwhile, from outside. Other members are
 * stopped then, and keep their states until they are deleted.
 */
export async function removeContainer(
  places: Places,
  shim: TaskConnection,
  ids: ContainerIds,
  signal?: AbortSignal,
): Promise<void> {
  const { id, sandboxId } = ids;
  const options = signal === undefined ? {} : { signal };
  try {
    await shim.task.delete({ id }, options);
    // Without `now` it does nothing while the sandbox has other containers; it answers after the cleaning up.
    await shim.task.shutdown({ id, now: id === sandboxId }, options);
  } catch (error) {
    if (!isCodedError(error) || error.code !== 'closed') throw error;
    await removeByForce(places, ids);
  } finally {
    shim.close();
  }
}

/**
 * Ends and deletes a container in whatever state it is: in the orderly way, so that the guest flushes what it wrote to
 * the user's files, or, where shim or guest do not do it in time, from outside. That ends the machine, so a further
 * member of a pod is not ended so while the pod's guest answers: the others are not to pay for it.
 *
 * @throws SandboxError `teardown-incomplete` for such a member, with what keeps it
 */
export async function endContainer(
  places: Places,
  ids: ContainerIds,
  timeoutMs: number = FORCE_TIMEOUT_MS,
): Promise<void> {
  const { id, sandboxId } = ids;
  const { store } = places;
  try {
    const shim = await connectShim(store, sandboxId);
    const signal = AbortSignal.timeout(timeoutMs);
    // Of one that has stopped already the kill is refused, and the wait answered.
    const killed = shim.task.kill({ id, signal: 9, all: true }, { signal }).catch(() => {});
    await Promise.all([killed, shim.task.wait({ id }, { signal })]);
    await removeContainer(places, shim, ids, signal);
  } catch (error) {
    if (id !== sandboxId) {
      const why = error instanceof Error ? error.message : String(error);
      if (await guestAnswers(store, sandboxId, timeoutMs)) {
        throw sandboxError(
          'teardown-incomplete',
          `container ${id} could not be deleted, and sandbox ${sandboxId} lives on: ${why}`,
          { id },
          error,
        );
      }
      notice(`warning: sandbox ${sandboxId} does not answer and is ended with container ${id}: ${why}`);
    }
    await removeByForce(places, ids);
  }
}

/** True when the agent in a sandbox's machine says something within `timeoutMs`. */
async function guestAnswers(store: Places['store'], sandboxId: string, timeoutMs: number): Promise<boolean> {
  try {
    const shim = await connectShim(store, sandboxId);
    try {
      await shim.task.stats({ id: sandboxId }, { signal: AbortSignal.timeout(timeoutMs) });
      return true;
    } finally {
      shim.close();
    }
  } catch {
    return false;
  }
}

type Places = Pick<Context, 'store' | 'host'>;

/** Removes a container from outside, and its sandbox with it; tells of what failed without keeping it from going. */
export async function removeByForce({ store, host }: Places, ids: ContainerIds): Promise<void> {
  tell(await removeFromOutside(store, host, ids));
}

/** Removes what is left of a member of a pod that could not be made. Its sandbox lives on. */
export async function removeUnmade({ store, host }: Places, id: string): Promise<void> {
  tell(await removeState(store, host, id));
}

function tell(failures: readonly string[]): void {
  for (const failure of failures) notice(`warning: ${failure}`);
}
