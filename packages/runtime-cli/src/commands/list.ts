import type { Context } from '../context.ts';
import { type ListOptions, listText } from '../list-text.ts';
import { print } from '../output.ts';

/** Lists the containers under the state root. */
export async function list({ store, host }: Context, options: ListOptions): Promise<number> {
  print(listText(store, host, options));
  return 0;
}
