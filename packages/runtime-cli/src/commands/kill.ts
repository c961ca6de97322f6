import { liveState, sandboxError } from '@hako/sandbox/state';
import { connectShim } from '@hako/shim/client';
import type { Context } from '../context.ts';
import { signalNumber } from '../signals.ts';

/** Arguments of `kill`. */
export interface KillOptions {
  /** Every process of the container; a stopped container is fine then. */
  readonly all: boolean;
}

/** Sends a signal to a container's process; 0 asks only whether there is one, as kill(2) does. */
export async function kill(
  { store, host }: Context,
  id: string,
  signal: string,
  { all }: KillOptions,
): Promise<number> {
  const number = signal === '0' ? 0 : signalNumber(signal);
  const { sandboxId, status } = liveState(store, host, id);
  if (status === 'stopped') {
    if (all) return 0;
    throw sandboxError('wrong-state', 'container not running', { id, status });
  }
  if (number === 0) return 0;
  const shim = await connectShim(store, sandboxId);
  try {
    await shim.task.kill({ id, signal: number, all });
    return 0;
  } finally {
    shim.close();
  }
}
