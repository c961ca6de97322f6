import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { Host, StateStore } from '@hako/sandbox/state';
import type { MachineCacheChoice } from './machine-cache/machine-cache-choice.ts';
import { ShimError } from './shim-error.ts';
import { spawnSelf } from './spawn-self.ts';
import { startFailed } from './start-failed.ts';

/** Which process is started, for which sandbox. */
export interface StartServerOptions {
  readonly store: StateStore;
  readonly host: Pick<Host, 'processStartTime' | 'killProcess'>;
  readonly sandboxId: string;
  /** Words of its command line. */
  readonly args: readonly string[];
  /** Called with facts the user should know once. */
  readonly onNotice?: ((message: string) => void) | undefined;
  /** A process that has a machine ready is taken from there, if there is one. Default: a new one is started. */
  readonly machineCache?: MachineCacheChoice | undefined;
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

const KILL_TIMEOUT_MS = 5000;

/** fd of the control stream in the shim. */
export const CONTROL_FD = 3;

/**
 * Has this program serve a sandbox, in a new process or in one that has a machine ready, and waits until it says that it does: no
 * polling. Its stdout and stderr go to shim.log.
 *
 * @throws ShimError `shim-start-failed` with the log's end
 */
export async function startServer(options: StartServerOptions): Promise<StartedServer> {
  const served = options.machineCache && (await serveBySpare(options.machineCache, options));
  if (served !== undefined) return served;
  const child = spawnServer(options);
  if (child.pid === undefined) throw await spawnFailure(child);
  const started = await waitUntilServed(child.pid, child.stdio[CONTROL_FD] as Duplex, options);
  child.unref();
  return started;
}

/** Undefined where there is no spare machine, or its process did not become one that serves: nothing of that is in the way. */
async function serveBySpare(
  choice: MachineCacheChoice,
  options: StartServerOptions,
): Promise<StartedServer | undefined> {
  const { store, host, sandboxId, args } = options;
  const { directory, shimLog, journal, socket, vm } = store.sandbox(sandboxId);
  const { takeSpare } = await import('./machine-cache/take-spare.ts');
  const taken = await takeSpare(choice, { args, directory, log: shimLog, journal });
  if (taken === undefined) return undefined;
  try {
    return await waitUntilServed(taken.pid, taken.control, options);
  } catch {
    const { startTime } = store.readShimRecord(sandboxId) ?? {};
    if (startTime !== undefined) await host.killProcess(taken.pid, startTime, KILL_TIMEOUT_MS);
    for (const path of [socket, vm]) rmSync(path, { force: true });
    return undefined;
  } finally {
    taken.settled();
  }
}

function spawnServer({ store, sandboxId, args }: StartServerOptions): ChildProcess {
  const paths = store.sandbox(sandboxId);
  const log = openSync(paths.shimLog, 'a', 0o600);
  // In the sandbox's directory, so that the socket's name is short however deep the root is.
  const child = spawnSelf(args, { cwd: paths.directory, stdio: ['ignore', log, log, 'pipe'] });
  closeSync(log);
  return child;
}

async function waitUntilServed(
  pid: number,
  control: Duplex,
  { store, host, sandboxId, onNotice }: StartServerOptions,
): Promise<StartedServer> {
  const paths = store.sandbox(sandboxId);
  try {
    const startTime = host.processStartTime(pid);
    if (startTime === null) throw startFailed(paths.shimLog);
    store.writeShimRecord(sandboxId, { pid, startTime });
    await readyOf(control, paths.shimLog, onNotice);
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
