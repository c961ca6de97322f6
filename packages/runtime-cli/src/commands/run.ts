import { writeFileSync } from 'node:fs';
import { type CallerTerminal, callerTerminal } from '../caller-terminal.ts';
import { CliError } from '../cli-error.ts';
import { refuseConsoleSocket } from '../console-socket.ts';
import type { Context } from '../context.ts';
import { createContainer } from '../create-container.ts';
import { forwardSignals } from '../forward-signals.ts';
import { notice } from '../notice.ts';
import { offeredStdio, releaseStdio } from '../offered-stdio.ts';
import { writePidFile } from '../pid-file.ts';
import { endContainer, removeContainer } from '../remove-container.ts';
import { resizePty } from '../resize-pty.ts';
import { waitStatus } from '../wait-status.ts';

/** Arguments of `run`. */
export interface RunOptions {
  readonly bundle: string;
  readonly pidFile?: string;
  /** A terminal for the process, whatever config.json says: the caller's own, or that of `consoleSocket`. */
  readonly tty?: boolean;
  /** Unix socket that gets the terminal; with `detach`. */
  readonly consoleSocket?: string;
  /** File that gets the phases as JSON. */
  readonly timings?: string;
  /** Return once it runs. */
  readonly detach: boolean;
  /** Do not delete it at its end. */
  readonly keep: boolean;
}

/**
 * Creates and starts a container, lends it this process's streams and signals, waits, deletes it, and returns the
 * process's own exit status.
 */
export async function run(context: Context, id: string, options: RunOptions): Promise<number> {
  if (options.detach) {
    const { runDetached } = await import('./run-detached.ts');
    return runDetached(context, id, options);
  }
  refuseConsoleSocket(options.consoleSocket);
  const startMs = performance.now();
  let terminal: CallerTerminal | undefined;
  const { shim, translation } = await createContainer(context, {
    id,
    bundle: options.bundle,
    terminal: options.tty ?? false,
    measureGuest: options.timings !== undefined,
    offer: ({ spec }) => {
      const hasTerminal = spec.process?.terminal ?? false;
      if (hasTerminal) terminal = callerTerminal();
      return { pid: process.pid, isStandIn: false, stdio: offeredStdio(process.pid, hasTerminal) };
    },
  });
  releaseStdio();
  let status: number;
  try {
    if (options.pidFile !== undefined) writePidFile(options.pidFile, process.pid);
    const lent = terminal;
    const resized = lent === undefined ? undefined : () => resizePty(shim.task, { id }, lent);
    const stopForwarding = forwardSignals({
      deliver: (signal) => shim.task.kill({ id, signal }),
      ...(resized === undefined ? {} : { resized }),
    });
    await resized?.();
    lent?.lend();
    await shim.task.start({ id });
    status = await waitStatus(shim.task, id, '');
    stopForwarding();
    if (options.timings !== undefined) {
      context.timings.include(context.store.sandbox(translation.container.sandboxId).timings);
    }
    const { failure } = context.store.readContainerState(id);
    if (failure !== undefined) notice(`container ${id} was ended: ${failure}`);
  } catch (error) {
    await endContainer(context, translation.container);
    throw error;
  } finally {
    terminal?.restore();
  }
  if (options.keep) shim.close();
  else await context.timings.measure('teardown', () => removeContainer(shim, translation.container));
  if (options.timings !== undefined) {
    context.timings.add('total', performance.now() - startMs);
    writeTimings(options.timings, context);
  }
  return status;
}

function writeTimings(path: string, { timings }: Context): void {
  try {
    writeFileSync(path, `${JSON.stringify({ phases: timings.phases }, null, 2)}\n`);
  } catch (cause) {
    throw new CliError('output', `cannot write the timings to ${path}: ${(cause as Error).message}`, {
      facts: { path },
      cause,
    });
  }
}
