import { closeSync } from 'node:fs';
import { becomeProgram, makePipe, memoryFile } from '@hako/posix';
import type { StandInPlace } from './stand-in.ts';
import { standInProgram } from './stand-in-program.ts';

/** What this process says on stderr when it is left alone as a stand-in. */
const SHIM_GONE = 'hako: the shim of the sandbox is gone\n';

/** This process, as a stand-in of a process that is being made. */
export interface FutureStandIn {
  /** Names it to the shim, which may begin to treat it as a stand-in at once. */
  readonly place: StandInPlace;
  /** It is a stand-in, and ends with the process's status, as soon as the shim has its streams. */
  become(): never;
  /** It stays what it is. */
  cancel(): void;
}

/**
 * Prepares this process to end as a stand-in (see startStandIn): a command that has nothing left to do but to pass on
 * signals and wait for an exit status needs neither an engine nor its memory for that.
 *
 * @param signals numbers of those that are passed on
 * @param args what listings show
 */
export function prepareStandIn(signals: readonly number[], args: readonly string[]): FutureStandIn {
  const [ordersRead, ordersWrite] = makePipe();
  const [signalsRead, signalsWrite] = makePipe();
  const fds = { orders: ordersRead, signals: signalsWrite };
  const close = (): void => {
    for (const fd of [ordersRead, ordersWrite, signalsRead, signalsWrite]) closeSync(fd);
  };
  return {
    place: { pid: process.pid, fds },
    become: () => {
      const program = standInProgram({ terminal: false, fds, signals, lastWords: SHIM_GONE });
      becomeProgram(`/proc/self/fd/${memoryFile('hako-stand-in', program)}`, args, [fds.orders, fds.signals]);
    },
    cancel: close,
  };
}
