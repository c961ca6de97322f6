import type { StateStore } from '@hako/sandbox/state';
import { CliError } from './cli-error.ts';

/** Runs a command for one container after the other; the first failure ends it. */
export async function oneByOne(
  ids: readonly string[],
  action: (id: string) => Promise<number>,
): Promise<number> {
  for (const id of ids) {
    const status = await action(id);
    if (status !== 0) return status;
  }
  return 0;
}

/**
 * The id as it is or, with `regex` (of crun), all ids that it matches somewhere.
 *
 * @throws CliError `usage` when it is no regular expression
 */
export function idsOf(store: Pick<StateStore, 'list'>, id: string, regex: boolean): readonly string[] {
  if (!regex) return [id];
  let pattern: RegExp;
  try {
    pattern = new RegExp(id);
  } catch (cause) {
    throw new CliError(
      'usage',
      `${JSON.stringify(id)} is no regular expression: ${(cause as Error).message}`,
      {
        facts: {},
        cause,
      },
    );
  }
  return store.list().filter((each) => pattern.test(each));
}
