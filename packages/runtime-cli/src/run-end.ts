import { sandboxError } from '@hako/sandbox/state';
import { connectShim, selfCommand } from '@hako/shim/client';
import type { Successor } from '@hako/shim/stand-in';
import type { Context } from './context.ts';
import { notice } from './notice.ts';
import { endContainer, removeContainer } from './remove-container.ts';

/** What the end of a run depends on. */
export interface RunEndOptions {
  /** Do not delete the container. */
  readonly keep: boolean;
}

/** This program again, in the role that ends the run which a stand-in has waited for. */
export function runEndProgram({ options, store }: Context, id: string, { keep }: RunEndOptions): Successor {
  const { log, logFormat, debug } = options;
  const [path, ...prefix] = selfCommand();
  return {
    path,
    args: [
      ...[process.argv0, ...prefix, 'run-end', '--root', store.root],
      ...(log === undefined ? [] : ['--log', log]),
      ...['--log-format', logFormat],
      ...(debug ? ['--debug'] : []),
      ...(keep ? ['--keep'] : []),
      id,
    ],
    environment: process.env.PATH === undefined ? [] : [`PATH=${process.env.PATH}`],
  };
}

/**
 * Ends a run whose process has ended: says why, where it was not by itself, deletes the container, and answers the
 * process's exit status. Where the shim is gone, and nobody knows that, the container is removed from outside.
 *
 * @throws SandboxError `sandbox-gone`
 */
export async function endRun(context: Context, id: string, { keep }: RunEndOptions): Promise<number> {
  const { store } = context;
  const container = store.readContainerConfig(id);
  const { exitStatus } = store.readContainerState(id);
  if (exitStatus === undefined) {
    await endContainer(context, container);
    throw sandboxError('sandbox-gone', `the shim of sandbox ${container.sandboxId} is gone`, { id });
  }
  tellFailure(context, id);
  if (!keep) await removeContainer(context, await connectShim(store, container.sandboxId), container);
  return exitStatus;
}

/** Says why a container ended, where that was not by its own process. */
export function tellFailure({ store }: Pick<Context, 'store'>, id: string): void {
  const { failure } = store.readContainerState(id);
  if (failure !== undefined) notice(`container ${id} was ended: ${failure}`);
}
