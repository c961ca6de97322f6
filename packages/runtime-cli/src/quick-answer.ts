import { liveState, runningSince, StateReader } from '@hako/sandbox/stored';
import { listText } from './list-text.ts';
import { ociState, stateText } from './oci-state.ts';
import type { PlainCall } from './plain-call.ts';

const host = { processStartTime: runningSince };

/**
 * What a plain call of `state` or `list` prints, from what is written down alone. Undefined for every other call, and where
 * the answer is an error: then the whole program says it.
 */
export function quickAnswer(call: PlainCall | undefined): string | undefined {
  if (call === undefined || call.options.debug) return undefined;
  const { command, flags, args, options } = call;
  const store = new StateReader(options.root);
  try {
    if (command === 'state') return stateText(ociState(store, liveState(store, host, args[0] ?? '')));
    if (command === 'list')
      return listText(store, host, { format: 'table', quiet: flags.has('quiet'), kataAll: false });
  } catch {
    return undefined;
  }
  return undefined;
}
