import { type StateStore, sandboxError } from '@hako/sandbox/state';
import { connectTask, type TaskConnection } from './task-connection.ts';

/** Connects to the shim of an existing sandbox. @throws SandboxError `sandbox-gone` when nobody serves */
export async function connectShim(store: StateStore, sandboxId: string): Promise<TaskConnection> {
  try {
    return await connectTask(store.sandbox(sandboxId).socket);
  } catch (error) {
    throw sandboxError(
      'sandbox-gone',
      `the shim of sandbox ${sandboxId} does not answer: ${error instanceof Error ? error.message : String(error)}`,
      { id: sandboxId },
      error,
    );
  }
}
