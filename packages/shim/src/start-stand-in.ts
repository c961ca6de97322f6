import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readSync } from 'node:fs';
import type { ContainerConfig } from '@hako/oci-translate';
import { makePipe, memoryFile } from '@hako/posix';
import { ShimError } from './shim-error.ts';
import { spawnProgram } from './spawn-self.ts';
import { standInProgram } from './stand-in-program.ts';

/** A process that holds streams, or a terminal, and ends with the exit status that the shim tells it. */
export interface StartedStandIn {
  readonly pid: number;
  /** Where no shim has taken it over, it ends. */
  readonly letGo: () => void;
}

/** What a stand-in is for. */
export interface StandInOptions {
  /**
   * What it holds: the streams of this process, which a shim takes from it; a terminal, by the descriptor of its slave
   * side; or nothing, where the shim has the streams already. Default: inherited.
   */
  readonly streams?: 'inherit' | 'none' | { readonly terminalFd: number };
  /** The container whose place it takes; absent for an exec. */
  readonly container?: ContainerConfig;
}

/**
 * Starts the process that stands for a container or a detached exec on the host. Started by a command, it inherits the
 * caller's streams, is adopted by the caller's subreaper when the command ends (conmon waits for it), and takes the
 * process's exit status.
 *
 * @throws ShimError `stand-in-failed` when no process can be started
 */
export async function startStandIn(
  id: string,
  { streams = 'inherit', container }: StandInOptions = {},
): Promise<StartedStandIn> {
  const terminal = typeof streams === 'object';
  const program = memoryFile('hako-stand-in', standInProgram({ terminal, container }));
  const [ordersRead, ordersWrite] = makePipe();
  const [signalsRead, signalsWrite] = makePipe();
  const [pidRead, pidWrite] = makePipe();
  try {
    // Listings inside its place show what it stands for.
    const [argv0 = 'hako-stand-in', ...args] = container?.spec.process?.args ?? ['hako-stand-in', id];
    const child = spawnProgram(`/proc/${process.pid}/fd/${program}`, args, {
      argv0,
      stdio: [...[0, 1, 2].map((fd) => heldStream(streams, fd)), ordersRead, signalsWrite, pidWrite],
    });
    const pid = container === undefined ? pidOf(child) : await pidOfSecond(child, pidRead);
    return { pid, letGo: () => closeSync(ordersWrite) };
  } catch (error) {
    closeSync(ordersWrite);
    throw error;
  } finally {
    for (const fd of [program, ordersRead, signalsRead, signalsWrite, pidRead, pidWrite]) closeSync(fd);
  }
}

function heldStream(streams: NonNullable<StandInOptions['streams']>, fd: number): number | 'ignore' {
  if (streams === 'inherit') return fd;
  return streams === 'none' ? 'ignore' : streams.terminalFd;
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) {
    child.on('error', () => {});
    throw notStarted();
  }
  child.unref();
  return child.pid;
}

/** The first process writes it and ends. */
async function pidOfSecond(child: ChildProcess, pidFd: number): Promise<number> {
  const ended = once(child, 'exit');
  if (child.pid === undefined) {
    await ended.catch(() => {});
    throw notStarted();
  }
  const [status] = (await ended) as [number | null];
  if (status !== 0) throw notStarted();
  const word = Buffer.alloc(8);
  readSync(pidFd, word);
  return word.readInt32LE(0);
}

function notStarted(): ShimError {
  return new ShimError('stand-in-failed', 'cannot start a stand-in process', { facts: {} });
}
