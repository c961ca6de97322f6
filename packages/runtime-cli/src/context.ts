import { resolve } from 'node:path';
import { type Host, posixHost, StateStore, Timings } from '@hako/sandbox/state';
import type { GlobalOptions } from './global-options.ts';

/** What every command works with. */
export interface Context {
  readonly options: GlobalOptions;
  readonly store: StateStore;
  readonly host: Host;
  readonly timings: Timings;
}

/**
 * Binds the global options to the state they name. Root and log are made absolute here: processes that this command starts,
 * and the one that it may become, work in other folders.
 */
export function makeContext(given: GlobalOptions): Context {
  const root = resolve(given.root);
  const options = { ...given, root, ...(given.log === undefined ? {} : { log: resolve(given.log) }) };
  return { options, store: new StateStore(root), host: posixHost(), timings: new Timings() };
}
