import type { TaskConnection } from '@hako/shim/client';
import type { CallerTerminal } from './caller-terminal.ts';

/** Gives a process's terminal in the guest the size of the caller's. */
export async function resizePty(
  task: TaskConnection['task'],
  process: { readonly id: string; readonly execId?: string },
  terminal: Pick<CallerTerminal, 'size'>,
): Promise<void> {
  const size = terminal.size();
  if (size !== undefined) await task.resizePty({ ...process, width: size.columns, height: size.rows });
}
