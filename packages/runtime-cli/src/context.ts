import { type Host, posixHost, StateStore, Timings } from '@hako/sandbox/state';
import type { GlobalOptions } from './global-options.ts';

/** What every command works with. */
export interface Context {
  readonly options: GlobalOptions;
  readonly store: StateStore;
  readonly host: Host;
  readonly timings: Timings;
}

/** Binds the global options to the state they name. */
export function makeContext(options: GlobalOptions): Context {
  return { options, store: new StateStore(options.root), host: posixHost(), timings: new Timings() };
}
