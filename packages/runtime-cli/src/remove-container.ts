import { removeSandboxByForce } from '@hako/sandbox/state';
import { connectShim, type TaskConnection } from '@hako/shim/client';
import { TaskStatus } from '@hako/task-protocol';
import { notice } from './admit.ts';
import type { Context } from './context.ts';

/** How long shim and guest may take to end a container before they are ended themselves. */
const FORCE_TIMEOUT_MS = 10_000;

/**
 * Deletes a container that is stopped (or created), then the sandbox if that was its last, and waits until the shim
 * has cleaned up.
 */
export async function removeContainer(shim: TaskConnection, id: string, signal?: AbortSignal): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await shim.task.delete({ id }, options);
  // Does nothing while the sandbox has other containers; answers after the cleaning up otherwise.
  await shim.task.shutdown({ id }, options);
  shim.close();
}

/**
 * Ends and deletes a container in whatever state it is: in the orderly way, so that the guest flushes what it wrote to
 * the user's files, or, where shim or guest do not do it in time, from outside.
 */
export async function endContainer({ store, host }: Context, sandboxId: string, id: string): Promise<void> {
  try {
    const shim = await connectShim(store, sandboxId);
    const signal = AbortSignal.timeout(FORCE_TIMEOUT_MS);
    const { status } = await shim.task.state({ id }, { signal });
    if (status !== TaskStatus.STOPPED) {
      await shim.task.kill({ id, signal: 9, all: true }, { signal }).catch(() => {});
      await shim.task.wait({ id }, { signal });
    }
    await removeContainer(shim, id, signal);
  } catch {
    await removeByForce({ store, host }, sandboxId);
  }
}

/** Removes a sandbox from outside, and tells of what failed without keeping it from going. */
export async function removeByForce(
  { store, host }: Pick<Context, 'store' | 'host'>,
  sandboxId: string,
): Promise<void> {
  for (const failure of await removeSandboxByForce(store, host, sandboxId)) notice(`warning: ${failure}`);
}
