import { liveState, sandboxError, shimIsAlive } from '@hako/sandbox/state';
import { connectShim } from '@hako/shim/client';
import type { Context } from '../context.ts';
import { isNotFound } from '../exit-status.ts';
import { endContainer, removeByForce, removeContainer } from '../remove-container.ts';

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
  const ids = { id, sandboxId };
  if (!shimIsAlive(store, host, sandboxId)) {
    await removeByForce(context, ids);
    return 0;
  }
  if (!force) {
    await removeContainer(context, await connectShim(store, sandboxId), ids);
    return 0;
  }
  await endContainer(context, ids);
  return 0;
}
