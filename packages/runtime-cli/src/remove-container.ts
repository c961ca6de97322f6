import { removeByForce as removeFromOutside, removeState } from '@hako/sandbox/state';
import { connectShim, type TaskConnection } from '@hako/shim/client';
import { TaskStatus } from '@hako/task-protocol';
import type { Context } from './context.ts';
import { notice } from './notice.ts';

/** How long shim and guest may take to end a container before they are ended themselves. */
const FORCE_TIMEOUT_MS = 10_000;

/** A container and the sandbox it belongs to, which has the same id unless it is a further member of a pod. */
export interface ContainerIds {
  readonly id: string;
  readonly sandboxId: string;
}

/**
 * Deletes a container that is stopped (or created). With a sandbox's own container, or its last, the sandbox goes, and
 * the shim has cleaned up when this resolves. Other members are stopped then, and keep their states until they are
 * deleted.
 */
export async function removeContainer(
  shim: TaskConnection,
  { id, sandboxId }: ContainerIds,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  await shim.task.delete({ id }, options);
  // Without `now` it does nothing while the sandbox has other containers; it answers after the cleaning up.
  await shim.task.shutdown({ id, now: id === sandboxId }, options);
  shim.close();
}

/**
 * Ends and deletes a container in whatever state it is: in the orderly way, so that the guest flushes what it wrote to
 * the user's files, or, where shim or guest do not do it in time, from outside.
 */
export async function endContainer({ store, host }: Context, ids: ContainerIds): Promise<void> {
  const { id, sandboxId } = ids;
  try {
    const shim = await connectShim(store, sandboxId);
    const signal = AbortSignal.timeout(FORCE_TIMEOUT_MS);
    const { status } = await shim.task.state({ id }, { signal });
    if (status !== TaskStatus.STOPPED) {
      await shim.task.kill({ id, signal: 9, all: true }, { signal }).catch(() => {});
      await shim.task.wait({ id }, { signal });
    }
    await removeContainer(shim, ids, signal);
  } catch {
    await removeByForce({ store, host }, ids);
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
