import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { Host, StateStore } from '@hako/sandbox/state';
import { ShimError } from './shim-error.ts';
import { spawnSelf } from './spawn-self.ts';

/** Which process is started, for which sandbox. */
export interface StartServerOptions {
  readonly store: StateStore;
  readonly host: Pick<Host, 'processStartTime'>;
  readonly sandboxId: string;
  /** Words of its command line. */
  readonly args: readonly string[];
  /** Called with facts the user should know once. */
  readonly onNotice?: ((message: string) => void) | undefined;
}

/** A process that serves. Until `keep` is called it ends, and cleans up, when this process does. */
export interface StartedServer {
  readonly keep: () => void;
  /** Nothing is to come of it: it ends. */
  readonly abandon: () => void;
}

/** What a shim says on its control stream, one JSON object a line. */
export type ShimMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };

/** The line by which the launcher tells the shim to outlive it. */
const KEEP_LINE = 'keep\n';

/** fd of the control stream in the shim. */
export const CONTROL_FD = 3;

/**
 * Starts this program as the process that serves a sandbox, and waits until it says that it does: no polling. Its stdout
 * and stderr go to shim.log.
 *
 * @throws ShimError `shim-start-failed` with the log's end
 */
export async function startServer(options: StartServerOptions): Promise<StartedServer> {
  const { store, host, sandboxId, args, onNotice } = options;
  const paths = store.sandbox(sandboxId);
  const log = openSync(paths.shimLog, 'a', 0o600);
  // In the sandbox's directory, so that the socket's name is short however deep the root is.
  const child = spawnSelf(args, { cwd: paths.directory, stdio: ['ignore', log, log, 'pipe'] });
  closeSync(log);
  const control = child.stdio[CONTROL_FD] as Duplex;
  try {
    if (child.pid === undefined) throw await spawnFailure(child);
    const startTime = host.processStartTime(child.pid);
    if (startTime === null) throw startFailed(paths.shimLog);
    store.writeShimRecord(sandboxId, { pid: child.pid, startTime });
    await readyOf(control, paths.shimLog, onNotice);
    child.unref();
    return {
      keep: () => {
        control.end(KEEP_LINE);
      },
      abandon: () => {
        control.destroy();
      },
    };
  } catch (error) {
    control.destroy();
    throw error;
  }
}

function readyOf(
  control: Duplex,
  logPath: string,
  onNotice: ((message: string) => void) | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: control });
    control.on('error', () => {});
    lines.on('line', (line) => {
      const message = JSON.parse(line) as ShimMessage;
      if (message.type === 'ready') resolve();
      else if (message.type === 'notice') onNotice?.(message.message);
      else reject(startFailed(logPath, message.message));
    });
    lines.on('close', () => reject(startFailed(logPath)));
  });
}

function spawnFailure(child: ChildProcess): Promise<ShimError> {
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      resolve(
        new ShimError('shim-start-failed', `cannot start the shim: ${cause.message}`, { facts: {}, cause }),
      );
    });
  });
}

function startFailed(logPath: string, message?: string): ShimError {
  const output = readFileSync(logPath, 'utf8').slice(-2000).trim();
  const why = message ?? (output === '' ? 'it ended without a word' : output);
  return new ShimError('shim-start-failed', `the shim did not start: ${why}`, { facts: { output } });
}
