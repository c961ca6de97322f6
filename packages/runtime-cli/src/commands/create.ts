import type { Context } from '../context.ts';
import { createContainer } from '../create-container.ts';
import { writePidFile } from '../pid-file.ts';
import { startStandIn } from '../start-stand-in.ts';

/** Arguments of `create`. */
export interface CreateOptions {
  readonly bundle: string;
  readonly pidFile?: string;
}

/**
 * Creates a container and leaves a stand-in process behind, which holds the caller's streams and will end with the
 * container's exit status.
 */
export async function create(context: Context, id: string, options: CreateOptions): Promise<number> {
  const standIn = startStandIn();
  try {
    const { shim } = await createContainer(context, id, options.bundle, () => standIn.offer);
    if (options.pidFile !== undefined) writePidFile(options.pidFile, standIn.pid);
    standIn.release({ socket: context.store.sandbox(id).socket, id, execId: '' });
    shim.close();
    return 0;
  } catch (error) {
    standIn.dismiss();
    throw error;
  }
}
