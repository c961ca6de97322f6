import { writeSync } from 'node:fs';

/** Takes a line of the log. */
export type Log = (level: 'info' | 'notice' | 'warning' | 'error', message: string) => void;

/** A line of shim.log, which stderr of the shim is: time, level, message. A full disk does not end the shim. */
export const log: Log = (level, message) => {
  try {
    writeSync(2, `${new Date().toISOString()} ${level} ${message}\n`);
  } catch {
    // Nowhere else to say it.
  }
};
