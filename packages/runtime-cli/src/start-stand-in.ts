import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readSync } from 'node:fs';
import type { ContainerConfig } from '@hako/oci-translate';
import { makePipe, memoryFile } from '@hako/posix';
import { spawnProgram } from '@hako/shim/client';
import { CliError } from './cli-error.ts';
import { type OfferedStdio, offeredStdio } from './offered-stdio.ts';
import { standInProgram } from './stand-in-program.ts';

/** A process that holds the caller's streams, or a terminal, and ends with the exit status that the shim tells it. */
export interface StandIn {
  readonly pid: number;
  readonly stdio: OfferedStdio;
  /** Where no shim has taken it over, it ends. */
  letGo(): void;
}

/** What a stand-in is for. */
export interface StandInOptions {
  /** Slave side of the terminal that it gets in place of the caller's streams. */
  readonly terminalFd?: number | undefined;
  /** The container whose place it takes; absent for an exec. */
  readonly container?: ContainerConfig;
}

/**
 * Starts the process that stands for a container or a detached exec on the host: it inherits the caller's streams, is
 * adopted by the caller's subreaper when this command ends (conmon waits for it), and takes the process's exit status.
 *
 * @throws CliError `output` when no process can be started
 */
export async function startStandIn(
  id: string,
  { terminalFd, container }: StandInOptions = {},
): Promise<StandIn> {
  const program = memoryFile(
    'hako-stand-in',
    standInProgram({ terminal: terminalFd !== undefined, container }),
  );
  const [ordersRead, ordersWrite] = makePipe();
  const [signalsRead, signalsWrite] = makePipe();
  const [pidRead, pidWrite] = makePipe();
  try {
    const streams = [0, 1, 2].map((fd) => terminalFd ?? fd);
    // Listings inside its place show what it stands for.
    const [argv0 = 'hako-stand-in', ...args] = container?.spec.process?.args ?? ['hako-stand-in', id];
    const child = spawnProgram(`/proc/${process.pid}/fd/${program}`, args, {
      argv0,
      stdio: [...streams, ordersRead, signalsWrite, pidWrite],
    });
    const pid = container === undefined ? pidOf(child) : await pidOfSecond(child, pidRead);
    return {
      pid,
      stdio:
        terminalFd === undefined
          ? offeredStdio(pid)
          : { stdin: `/proc/${pid}/fd/0`, stdout: `/proc/${pid}/fd/1`, stderr: '', terminal: true },
      letGo: () => closeSync(ordersWrite),
    };
  } catch (error) {
    closeSync(ordersWrite);
    throw error;
  } finally {
    for (const fd of [program, ordersRead, signalsRead, signalsWrite, pidRead, pidWrite]) closeSync(fd);
  }
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

function notStarted(): CliError {
  return new CliError('output', 'cannot start a stand-in process', { facts: {} });
}
