import { writeSync } from 'node:fs';

/** What a full pipe that was made non-blocking is left alone for before the next try. */
const PIPE_FULL_PAUSE_MS = 5;

/**
 * Writes text to stdout, all of it before this returns. `process.stdout` and `process.stderr` do the same, but loading
 * either costs a compiled program more time than a short command takes in all, and they make the caller's own
 * pipe non-blocking. Throws Node's error of the write (EPIPE when nobody reads).
 */
export function print(text: string): void {
  writeAll(1, text);
}

/** See `print`; to stderr. One that is closed or full loses the text: there is nobody left to tell. */
export function printError(text: string): void {
  try {
    writeAll(2, text);
  } catch {
    // The exit status still says that it failed.
  }
}

function writeAll(fd: number, text: string): void {
  let rest: Uint8Array = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PIPE_FULL_PAUSE_MS);
    }
  }
}
