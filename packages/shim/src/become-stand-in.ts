import { once } from 'node:events';
import { closeSync, writeSync } from 'node:fs';
import { becomeProgram, blockSignals, makePipe, memoryFile } from '@hako/posix';
import type { StandInPlace } from './stand-in-place.ts';
import { type LentTerminal, type Successor, standInProgram } from './stand-in-program.ts';

/** What this process says on stderr when it is left alone as a stand-in. */
const SHIM_GONE = 'hako: the shim of the sandbox is gone\n';

/** Of which process this one is to be the stand-in. */
export interface StandInWish {
  /** Numbers of the signals that are passed on. */
  readonly signals: readonly number[];
  /** What listings show. */
  readonly args: readonly string[];
  /** Descriptor of the terminal that will be lent. */
  readonly terminalFd?: number | undefined;
}

/** What is known when this process becomes a stand-in. */
export interface StandInLot {
  readonly lent?: LentTerminal | undefined;
  /** What follows; it is to say what went wrong, too. */
  readonly successor?: Successor | undefined;
}

/** This process, as a stand-in of a process that is being made. */
export interface FutureStandIn {
  /** Names it to the shim, which may begin to treat it as a stand-in at once. */
  readonly place: StandInPlace;
  /** Tells of a signal, as a stand-in does. */
  tell(signal: number): void;
  /** Makes ready what can be before: `become` is a moment then. */
  prepare(lot?: StandInLot): void;
  /**
   * It is a stand-in, and ends with the process's status, as soon as the shim has its streams. A signal that comes meanwhile waits for
   * it, where all threads of this process were started with it blocked; else another thread may take it in the last moment, and nobody
   * hears of it.
   */
  become(): Promise<never>;
  /** It stays what it is. */
  cancel(): void;
}

/**
 * Prepares this process to end as a stand-in (see startStandIn): a command that has nothing left to do but to pass on
 * signals and wait for an exit status needs neither an engine nor its memory for that.
 */
export function prepareStandIn({ signals, args, terminalFd }: StandInWish): FutureStandIn {
  const [ordersRead, ordersWrite] = makePipe();
  const [signalsRead, signalsWrite] = makePipe();
  const fds = { orders: ordersRead, signals: signalsWrite };
  let program = -1;
  const close = (): void => {
    for (const fd of [ordersRead, ordersWrite, signalsRead, signalsWrite]) closeSync(fd);
    if (program !== -1) closeSync(program);
  };
  return {
    place: { pid: process.pid, fds: terminalFd === undefined ? fds : { ...fds, terminal: terminalFd } },
    tell: (signal) => void writeSync(signalsWrite, Uint8Array.of(signal)),
    prepare: ({ lent, successor } = {}) => {
      const lastWords = successor === undefined ? SHIM_GONE : '';
      const bytes = standInProgram({ terminal: false, fds, signals, lastWords, lent, successor });
      program = memoryFile('hako-stand-in', bytes);
    },
    become: async () => {
      blockSignals(signals);
      await signalsAreTold();
      return becomeProgram(`/proc/self/fd/${program}`, args, [fds.orders, fds.signals]);
    },
    cancel: close,
  };
}

/** Engines call listeners some time after a signal, in their order: one that says nothing to anybody comes after all others. */
async function signalsAreTold(): Promise<void> {
  const told = once(process, 'SIGURG');
  process.kill(process.pid, 'SIGURG');
  await told;
}
