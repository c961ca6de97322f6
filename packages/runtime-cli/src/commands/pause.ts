import type { Context } from '../context.ts';
import { onContainer } from '../on-container.ts';

/** Freezes every process of a running container. */
export async function pause(context: Context, id: string): Promise<number> {
  await onContainer(context, id, ({ task }) => task.pause({ id }));
  return 0;
}
