import { liveState } from '@hako/sandbox/state';
import type { Context } from '../context.ts';
import { table } from '../table.ts';
import { type OciState, ociState } from './state.ts';

/** Arguments of `list`. */
export interface ListOptions {
  readonly format: 'table' | 'json';
  readonly quiet: boolean;
}

/** Lists the containers under the state root. One that vanishes meanwhile is passed over. */
export async function list({ store, host }: Context, options: ListOptions): Promise<number> {
  const states: OciState[] = [];
  for (const id of store.list()) {
    try {
      states.push(ociState(store, liveState(store, host, id)));
    } catch (error) {
      if (store.exists(id)) throw error;
    }
  }
  process.stdout.write(render(states, options));
  return 0;
}

function render(states: readonly OciState[], { format, quiet }: ListOptions): string {
  if (quiet) return states.map(({ id }) => `${id}\n`).join('');
  if (format === 'json') return `${JSON.stringify(states)}\n`;
  return table([
    ['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER'],
    ...states.map(({ id, pid, status, bundle, created, owner }) => [
      id,
      String(pid),
      status,
      bundle,
      created,
      owner,
    ]),
  ]);
}
