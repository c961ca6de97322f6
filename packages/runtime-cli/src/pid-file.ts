import { writeFileSync } from 'node:fs';
import { CliError } from './cli-error.ts';

/**
 * Writes the decimal pid without a newline, as engines expect. It is the last step of a creation: callers take the
 * file as its end.
 *
 * @throws CliError `output`
 */
export function writePidFile(path: string, pid: number): void {
  try {
    writeFileSync(path, String(pid), { mode: 0o644 });
  } catch (cause) {
    throw new CliError('output', `cannot write the pid file ${path}: ${(cause as Error).message}`, {
      facts: { path },
      cause,
    });
  }
}
