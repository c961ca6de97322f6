import type { Context } from '../context.ts';
import { onContainer } from '../on-container.ts';

/** Lets the processes of a paused container go on. */
export async function resume(context: Context, id: string): Promise<number> {
  await onContainer(context, id, ({ task }) => task.resume({ id }));
  return 0;
}
