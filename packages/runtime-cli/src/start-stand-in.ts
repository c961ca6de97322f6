import { closeSync } from 'node:fs';
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

/**
 * Starts the process that stands for a container or a detached exec on the host: it inherits the caller's streams, is
 * adopted by the caller's subreaper when this command ends (conmon waits for it), and takes the process's exit status.
 *
 * @param terminalFd slave side of the terminal that it gets in place of the caller's streams
 * @throws CliError `output` when no process can be started
 */
export function startStandIn(id: string, terminalFd?: number): StandIn {
  const program = memoryFile('hako-stand-in', standInProgram({ terminal: terminalFd !== undefined }));
  const [ordersRead, ordersWrite] = makePipe();
  const [signalsRead, signalsWrite] = makePipe();
  try {
    const streams = [0, 1, 2].map((fd) => terminalFd ?? fd);
    const child = spawnProgram(`/proc/${process.pid}/fd/${program}`, [id], {
      argv0: 'hako-stand-in',
      stdio: [...streams, ordersRead, signalsWrite],
    });
    const { pid } = child;
    if (pid === undefined) {
      child.on('error', () => {});
      throw new CliError('output', 'cannot start a stand-in process', { facts: {} });
    }
    child.unref();
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
    for (const fd of [program, ordersRead, signalsRead, signalsWrite]) closeSync(fd);
  }
}
