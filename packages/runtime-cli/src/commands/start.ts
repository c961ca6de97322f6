import { liveState, sandboxError } from '@hako/sandbox/state';
import { connectShim } from '@hako/shim/client';
import type { Context } from '../context.ts';

/** Starts the process of a created container. */
export async function start({ store, host }: Context, id: string): Promise<number> {
  const { sandboxId, status } = liveState(store, host, id);
  if (status === 'stopped') {
    throw sandboxError('wrong-state', 'cannot start a container that has stopped', { id, status });
  }
  const shim = await connectShim(store, sandboxId);
  try {
    await shim.task.start({ id });
    return 0;
  } finally {
    shim.close();
  }
}
