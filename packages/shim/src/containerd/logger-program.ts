import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { closeOnExecFrom, makePipe, readableFrom, writableFrom } from '@hako/posix';
import { ShimError } from '../shim-error.ts';

/** Whose output a logger gets. */
export interface LoggedProcess {
  readonly namespace: string;
  /** The container, or the further process in it. */
  readonly id: string;
}

/** How long a logger may take to say that it is ready. */
const READY_TIMEOUT_MS = 10_000;

/**
 * Starts the program of a `binary://PATH?NAME=VALUE&...` address, with NAME VALUE ... as its arguments (containerd,
 * runtime v2, "Logging"). It reads stdout on descriptor 3 and stderr on 4, and closes 5 when it is ready, which is waited
 * for; CONTAINER_ID and CONTAINER_NAMESPACE say whose they are. It ends by itself once both have ended.
 *
 * @throws ShimError `bad-request` when it cannot be started, or ends before it is ready
 */
export async function startLogger(
  address: string,
  { namespace, id }: LoggedProcess,
): Promise<{ readonly stdout: Writable; readonly stderr: Writable }> {
  const { pathname, searchParams } = new URL(address);
  const args = [...searchParams].flatMap(([name, value]) => (value === '' ? [name] : [name, value]));
  const [outRead, outWrite] = makePipe();
  const [errRead, errWrite] = makePipe();
  const [readyRead, readyWrite] = makePipe();
  const [stdout, stderr] = [writableFrom(outWrite), writableFrom(errWrite)];
  closeOnExecFrom(3);
  const child = spawn(decodeURIComponent(pathname), args, {
    env: { ...process.env, CONTAINER_ID: id, CONTAINER_NAMESPACE: namespace },
    stdio: ['ignore', 'ignore', 'ignore', outRead, errRead, readyWrite],
    detached: true,
  });
  const failed = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (status, signal) => resolve(`it ended with ${signal ?? `status ${status}`}`));
  });
  for (const fd of [outRead, errRead, readyWrite]) closeSync(fd);
  const ready = readableFrom(readyRead);
  const patience = new AbortController();
  const why = await Promise.race([
    text(ready).then(() => undefined),
    delay(READY_TIMEOUT_MS, 'it was not ready in time', { signal: patience.signal }),
    failed,
  ]);
  patience.abort();
  ready.destroy();
  child.unref();
  // Its end closes the pipe as well, and is seen a little later.
  const ended = why ?? (child.exitCode === null ? undefined : `it ended with status ${child.exitCode}`);
  if (ended === undefined) return { stdout, stderr };
  child.kill('SIGKILL');
  stdout.destroy();
  stderr.destroy();
  throw new ShimError('bad-request', `the logger ${pathname} cannot be used: ${ended}`, { facts: {} });
}
