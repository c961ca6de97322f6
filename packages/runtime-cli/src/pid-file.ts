import { closeSync, fstatSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { CliError } from './cli-error.ts';

/**
 * Writes the decimal pid without a newline, as engines expect. It is the last step of a creation: callers take the
 * file as its end, so one that could not be written wholly (a full disk) does not stay.
 *
 * @throws CliError `output`
 */
export function writePidFile(path: string, pid: number): void {
  try {
    const fd = openSync(path, 'w', 0o644);
    try {
      writeWholly(fd, path, String(pid));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new CliError('output', `cannot write the pid file ${path}: ${(cause as Error).message}`, {
      facts: { path },
      cause,
    });
  }
}

function writeWholly(fd: number, path: string, text: string): void {
  try {
    writeFileSync(fd, text);
  } catch (error) {
    // A pipe or a device is the caller's.
    if (fstatSync(fd).isFile()) rmSync(path, { force: true });
    throw error;
  }
}
