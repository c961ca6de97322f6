import { readFileSync } from 'node:fs';
import { ShimError } from './shim-error.ts';

/** Most of its log that is shown. */
const maxChars = 2000;

/** Why a shim does not serve: what it said itself, or else the end of its log. */
export function startFailed(logPath: string, message?: string): ShimError {
  const output = endOf(logPath);
  const why = message ?? (output === '' ? 'it ended without a word' : output);
  return new ShimError('shim-start-failed', `the shim did not start: ${why}`, { facts: { output } });
}

/** Empty where there is none: `delete --force` of what is just being made takes the folder away. */
function endOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-maxChars).trim();
  } catch {
    return '';
  }
}
