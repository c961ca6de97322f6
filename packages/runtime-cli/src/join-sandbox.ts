import { watch } from 'node:fs';
import { sandboxError, shimIsAlive } from '@hako/sandbox/state';
import { connectShim, type TaskConnection } from '@hako/shim/client';
import type { Context } from './context.ts';

/** How long a sandbox that is just being made may take until its shim answers. The boot of its VM comes after. */
const SHIM_START_MS = 20_000;
/** A file may have changed between a look and the watch that follows it. */
const LOOK_AGAIN_MS = 500;

/**
 * Connects to the shim of the sandbox that a container names, also while that sandbox is being made.
 *
 * @throws SandboxError `not-found` when nobody made such a sandbox, `sandbox-gone` when it has ended
 */
export async function joinSandbox(
  { store, host }: Pick<Context, 'store' | 'host'>,
  sandboxId: string,
): Promise<TaskConnection> {
  const untilMs = performance.now() + SHIM_START_MS;
  for (;;) {
    if (!store.exists(sandboxId)) {
      throw sandboxError('not-found', `sandbox does not exist: ${sandboxId}`, { id: sandboxId });
    }
    const { status } = store.readContainerState(sandboxId);
    if (status === 'stopped') {
      throw sandboxError('sandbox-gone', `sandbox ${sandboxId} has ended`, { id: sandboxId });
    }
    try {
      return await connectShim(store, sandboxId);
    } catch (error) {
      const isStarting = store.readShimRecord(sandboxId) === null || shimIsAlive(store, host, sandboxId);
      if (status !== 'creating' || !isStarting || performance.now() > untilMs) throw error;
    }
    await changeIn(store.sandbox(sandboxId).directory);
  }
}

/** Resolves when something changes in a folder, or may have. */
async function changeIn(folder: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => resolve(), LOOK_AGAIN_MS);
  try {
    const watcher = watch(folder, () => resolve());
    watcher.on('error', () => resolve());
    await promise;
    watcher.close();
  } catch {
    // Gone meanwhile, which the next look tells.
  } finally {
    clearTimeout(timer);
  }
}
