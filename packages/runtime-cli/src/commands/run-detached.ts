import type { Context } from '../context.ts';
import { endContainer } from '../remove-container.ts';
import { type CreateOptions, create } from './create.ts';
import { start } from './start.ts';

/** Creates and starts a container and leaves it, with its stand-in, behind. One that does not start is deleted. */
export async function runDetached(context: Context, id: string, options: CreateOptions): Promise<number> {
  await create(context, id, options);
  try {
    return await start(context, id);
  } catch (error) {
    await endContainer(context, context.store.readContainerConfig(id));
    throw error;
  }
}
