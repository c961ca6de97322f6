import { readAtMost } from '@hako/admission/read-text';
import { CliError } from './cli-error.ts';

/** Longest process.json or resources JSON that is read. */
export const MAX_JSON_BYTES: number = 1024 * 1024;

/**
 * The bytes of a JSON file that a flag names, `-` for stdin; no more than whoever parses them needs to see that they are too
 * many, as the file may never end.
 *
 * @param what in words, as in `the process file`
 * @throws CliError `bad-input`
 */
export function readJsonFile(path: string, what: string): Uint8Array {
  try {
    return readAtMost(path, MAX_JSON_BYTES);
  } catch (cause) {
    const name = path === '-' ? 'stdin' : path;
    throw new CliError('bad-input', `cannot read ${what} ${name}: ${(cause as Error).message}`, {
      facts: { path },
      cause,
    });
  }
}
