import { type ContainerState, liveState, sandboxError } from '@hako/sandbox/state';
import { connectShim, type TaskConnection } from '@hako/shim/client';
import type { Context } from './context.ts';

/**
 * Runs `action` on the shim of a container that has not stopped, and closes the connection after it.
 *
 * @throws SandboxError `not-found`; `wrong-state` when the container has stopped, or its VM is gone
 */
export async function onContainer<T>(
  { store, host }: Context,
  id: string,
  action: (shim: TaskConnection, state: ContainerState) => Promise<T>,
): Promise<T> {
  const state = liveState(store, host, id);
  if (state.status === 'stopped') {
    throw sandboxError('wrong-state', 'container not running', { id, status: state.status });
  }
  const shim = await connectShim(store, state.sandboxId);
  try {
    return await action(shim, state);
  } finally {
    shim.close();
  }
}
