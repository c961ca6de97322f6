import type { TaskConnection } from '@hako/shim/client';

/** Exit status of a process, once it has ended and its output was handed on. */
export async function waitStatus(task: TaskConnection['task'], id: string, execId: string): Promise<number> {
  const { exitStatus } = await task.wait({ id, execId });
  return exitStatus;
}
