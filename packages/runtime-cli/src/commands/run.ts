import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type FutureStandIn, prepareStandIn } from '@hako/shim/stand-in';
import { type CallerTerminal, callerTerminal } from '../caller-terminal.ts';
import { CliError } from '../cli-error.ts';
import { type ConsoleChoice, refuseConsole } from '../console-socket.ts';
import type { Context } from '../context.ts';
import { createContainer } from '../create-container.ts';
import { forwardSignals } from '../forward-signals.ts';
import { FORWARDED_SIGNALS } from '../forwarded-signals.ts';
import { offeredStdio, releaseStdio } from '../offered-stdio.ts';
import { writePidFile } from '../pid-file.ts';
import { endContainer, removeContainer } from '../remove-container.ts';
import { resizePty } from '../resize-pty.ts';
import { runEndProgram, tellFailure } from '../run-end.ts';

/** Arguments of `run`. */
export interface RunOptions extends ConsoleChoice {
  readonly bundle: string;
  /** Another config.json than the bundle's. */
  readonly config?: string;
  readonly pidFile?: string;
  /** A terminal for the process, whatever config.json says: the caller's own, or with `detach` the one that was chosen. */
  readonly tty?: boolean;
  /** File that gets the phases as JSON. */
  readonly timings?: string;
  /** Return once it runs. */
  readonly detach: boolean;
  /** Do not delete it at its end. */
  readonly keep: boolean;
}

/** Shorter runs are not worth the start of the command that deletes them. */
const BECOME_AFTER_MS = 1000;

/**
 * Creates and starts a container, lends it this process's streams and signals, waits, deletes it, and returns the
 * process's own exit status. A run that lasts waits as a stand-in, in some KiB of memory, and `run-end` does the rest.
 */
export async function run(context: Context, id: string, options: RunOptions): Promise<number> {
  if (options.detach) {
    const { runDetached } = await import('./run-detached.ts');
    return runDetached(context, id, options);
  }
  refuseConsole(options);
  const startMs = performance.now();
  let terminal: CallerTerminal | undefined;
  let standIn: FutureStandIn | undefined;
  const { shim, translation } = await createContainer(context, {
    id,
    bundle: options.bundle,
    specFile: options.config,
    terminal: options.tty ?? false,
    measureGuest: options.timings !== undefined,
    offer: ({ spec }) => {
      const hasTerminal = spec.process?.terminal ?? false;
      if (hasTerminal) terminal = callerTerminal();
      const args = [process.argv0, ...process.argv.slice(2)];
      standIn = prepareStandIn({ signals: FORWARDED_SIGNALS, args, terminalFd: terminal?.fd });
      return { ...standIn.place, isStandIn: false, stdio: offeredStdio(process.pid, hasTerminal) };
    },
  });
  const { container } = translation;
  releaseStdio();
  let status: number;
  try {
    if (options.pidFile !== undefined) writePidFile(options.pidFile, process.pid);
    const borrowed = terminal;
    const resized = borrowed === undefined ? undefined : () => resizePty(shim.task, { id }, borrowed);
    const stopForwarding = forwardSignals({
      deliver: (signal) => shim.task.kill({ id, signal }),
      ...(resized === undefined ? {} : { resized }),
    });
    await resized?.();
    const lent = borrowed?.lend();
    await shim.task.start({ id });
    const exited = shim.task.wait({ id });
    if (options.timings === undefined && !(await endsWithin(exited, BECOME_AFTER_MS))) {
      standIn?.prepare({ lent, successor: runEndProgram(context, id, options) });
      await standIn?.become();
    }
    status = (await exited).exitStatus;
    stopForwarding();
    if (options.timings !== undefined) {
      context.timings.include(context.store.sandbox(container.sandboxId).timings);
    }
    tellFailure(context, id);
  } catch (error) {
    await endContainer(context, container);
    throw error;
  } finally {
    terminal?.restore();
  }
  if (options.keep) shim.close();
  else await context.timings.measure('teardown', () => removeContainer(context, shim, container));
  if (options.timings !== undefined) {
    context.timings.add('total', performance.now() - startMs);
    writeTimings(options.timings, context);
  }
  return status;
}

async function endsWithin(exited: Promise<unknown>, ms: number): Promise<boolean> {
  const given = new AbortController();
  const late = delay(ms, false, { signal: given.signal }).catch(() => false);
  try {
    return await Promise.race([exited.then(() => true), late]);
  } finally {
    given.abort();
  }
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
