import { QuietMemory, type TaskConnection } from '@hako/shim/client';

/** Exit status of a process, once it has ended and its output was handed on. */
export async function waitStatus(task: TaskConnection['task'], id: string, execId: string): Promise<number> {
  const memory = new QuietMemory();
  memory.touch();
  try {
    const { exitStatus } = await task.wait({ id, execId });
    return exitStatus;
  } finally {
    memory.stop();
  }
}
