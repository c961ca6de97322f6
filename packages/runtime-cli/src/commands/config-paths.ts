import { dirname } from 'node:path';
import { configCandidates } from '@hako/config';
import { print } from '../output.ts';

/** Prints where a configuration is looked for, one path a line, the first that exists wins (as kata-runtime). */
export async function configPaths(): Promise<number> {
  const candidates = configCandidates({
    environment: process.env,
    prefix: dirname(dirname(process.execPath)),
  });
  print(candidates.map(({ path }) => `${path}\n`).join(''));
  return 0;
}
