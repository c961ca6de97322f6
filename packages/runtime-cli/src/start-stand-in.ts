import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { spawnSelf } from '@hako/shim/client';
import { CliError } from './cli-error.ts';
import type { StandInOffer } from './create-container.ts';
import type { OfferedStdio } from './offered-stdio.ts';

/** Which process a stand-in stands for. */
export interface StandInTask {
  /** Socket of the shim's task API. */
  readonly socket: string;
  readonly id: string;
  /** Empty for the container's init. */
  readonly execId: string;
}

/** fd of the control stream in the stand-in. */
export const STAND_IN_CONTROL_FD = 3;

/** A stand-in that holds the caller's streams and waits to be told its task. */
export interface StandIn {
  readonly pid: number;
  readonly offer: Promise<StandInOffer>;
  /** From now on it lives as long as the process of the task, and ends with its exit status. */
  release(task: StandInTask): void;
  /** It is not needed: it ends. */
  dismiss(): void;
}

/**
 * Starts the process that stands for a container or a detached exec on the host: it inherits the caller's streams, is
 * adopted by the caller's subreaper when this command ends (conmon waits for it), and takes the process's exit status.
 *
 * @throws CliError `output` when no process can be started
 */
export function startStandIn(): StandIn {
  const child = spawnSelf(['stand-in'], { stdio: ['inherit', 'inherit', 'inherit', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) {
    child.on('error', () => {});
    throw new CliError('output', 'cannot start a stand-in process', { facts: {} });
  }
  const control = child.stdio[STAND_IN_CONTROL_FD] as Duplex;
  control.on('error', () => {});
  const offer = firstLine(control).then((line) => ({ pid, stdio: JSON.parse(line) as OfferedStdio }));
  offer.catch(() => {});
  return {
    pid,
    offer,
    release: (task) => {
      control.end(`${JSON.stringify(task)}\n`);
      child.unref();
    },
    dismiss: () => {
      control.destroy();
      child.unref();
    },
  };
}

async function firstLine(control: Duplex): Promise<string> {
  const lines = createInterface({ input: control });
  const line = once(lines, 'line').then(([text]) => text as string);
  const ended = once(lines, 'close').then(() => {
    throw new CliError('output', 'the stand-in process ended at once', { facts: {} });
  });
  return Promise.race([line, ended]);
}
