/** Takes a line of the log. */
export type Log = (level: 'info' | 'notice' | 'warning' | 'error', message: string) => void;

/** A line of shim.log, which stderr of the shim is: time, level, message. A full disk does not end the shim. */
export const log: Log = (level, message) => {
  process.stderr.write(`${new Date().toISOString()} ${level} ${message}\n`);
};

// Without a listener a failed write would be an uncaught exception.
process.stderr.on('error', () => {});
