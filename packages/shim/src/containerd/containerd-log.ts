import { constants, openSync, writeSync } from 'node:fs';
import { type Log, log as ownLog } from '../shim-log.ts';

/** What containerd's log gets where it was not asked for more. */
const ALWAYS: ReadonlySet<string> = new Set(['warning', 'error']);

/**
 * The shim's log where containerd reads it: everything goes to shim.log; into containerd's FIFO, and so its own log, warnings
 * and errors, with `debug` all. The FIFO is held open at both ends, as containerd comes back to it after a restart, and
 * what it does not take at once is left out there: a log must not stop a shim.
 */
export function openContainerdLog(fifo: string, debug: boolean): Log {
  let fd: number | undefined;
  try {
    fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (error) {
    ownLog('warning', `containerd's log ${fifo} cannot be opened: ${(error as Error).message}`);
  }
  return (level, message) => {
    ownLog(level, message);
    if (fd === undefined || !(debug || ALWAYS.has(level))) return;
    const line = `time=${JSON.stringify(new Date().toISOString())} level=${level === 'notice' ? 'info' : level} msg=${JSON.stringify(message)}\n`;
    try {
      writeSync(fd, line);
    } catch {
      // Full.
    }
  };
}
