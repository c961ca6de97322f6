import { liveState, removeSandboxByForce, sandboxError, shimIsAlive } from '@hako/sandbox';
import { connectShim, type TaskConnection } from '@hako/shim';
import { TaskStatus } from '@hako/task-protocol';
import type { Context } from '../context.ts';
import { isNotFound } from '../exit-status.ts';
import { removeContainer } from '../remove-container.ts';

/** How long shim and guest may take to end a container before they are ended themselves. */
const FORCE_TIMEOUT_MS = 10_000;

/** Arguments of `delete`. */
export interface DeleteOptions {
  /** Kills a running container first, cleans up after a dead shim, and takes an unknown id as done. */
  readonly force: boolean;
}

/** Deletes a stopped or created container; with `force` any. */
export async function deleteContainer(
  context: Context,
  id: string,
  { force }: DeleteOptions,
): Promise<number> {
  const { store, host } = context;
  if (!store.exists(id) && force) return 0;
  let sandboxId = id;
  try {
    const { status, sandboxId: sandbox } = liveState(store, host, id);
    sandboxId = sandbox;
    if (!force && status !== 'stopped' && status !== 'created') {
      throw sandboxError('wrong-state', `cannot delete container ${id} that is not stopped: ${status}`, {
        id,
        status,
      });
    }
  } catch (error) {
    // State that cannot be read is exactly what force is for.
    if (!force || (isNotFound(error) && !store.exists(id))) throw error;
  }
  if (!shimIsAlive(store, host, sandboxId)) {
    await removeSandboxByForce(store, host, sandboxId);
    return 0;
  }
  if (!force) {
    await removeContainer(await connectShim(store, sandboxId), id);
    return 0;
  }
  try {
    await endThroughShim(await connectShim(store, sandboxId), id);
  } catch {
    // A shim or guest that does not do it in time is ended from outside.
    await removeSandboxByForce(store, host, sandboxId);
  }
  return 0;
}

/** The orderly way, so that the guest flushes what it wrote to the user's files. */
async function endThroughShim(shim: TaskConnection, id: string): Promise<void> {
  const deadline = AbortSignal.timeout(FORCE_TIMEOUT_MS);
  const { status } = await shim.task.state({ id }, { signal: deadline });
  if (status !== TaskStatus.STOPPED) {
    await shim.task.kill({ id, signal: 9, all: true }, { signal: deadline }).catch(() => {});
    await shim.task.wait({ id }, { signal: deadline });
  }
  await removeContainer(shim, id, deadline);
}
