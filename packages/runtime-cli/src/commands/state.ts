import { liveState } from '@hako/sandbox/stored';
import type { Context } from '../context.ts';
import { ociState, stateText } from '../oci-state.ts';
import { print } from '../output.ts';

/** Prints the state of a container; starts nothing and asks nobody. */
export async function state({ store, host }: Context, id: string): Promise<number> {
  print(stateText(ociState(store, liveState(store, host, id))));
  return 0;
}
