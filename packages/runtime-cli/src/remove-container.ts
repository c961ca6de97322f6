import type { TaskConnection } from '@hako/shim';

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
