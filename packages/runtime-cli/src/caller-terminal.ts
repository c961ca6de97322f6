import { isatty } from 'node:tty';
import { makeTerminalRaw, restoreTerminal, type WindowSize, windowSize } from '@hako/posix';

/** The terminal on which a foreground command was called, lent to the process in the guest. */
export interface CallerTerminal {
  size(): WindowSize | undefined;
  /** Bytes pass it unchanged from now on, Ctrl-C too: the guest's own terminal does the rest. */
  lend(): void;
  /** Gives it its own mode back. It happens at the latest when this command ends. */
  restore(): void;
}

/** The first of stdin, stdout and stderr that is a terminal. */
export function callerTerminal(): CallerTerminal | undefined {
  const fd = [0, 1, 2].find((candidate) => isatty(candidate));
  if (fd === undefined) return undefined;
  let mode: ReturnType<typeof makeTerminalRaw> | undefined;
  const restore = (): void => {
    if (mode === undefined) return;
    process.off('exit', restore);
    process.off('SIGCONT', again);
    try {
      restoreTerminal(fd, mode);
    } catch {
      // Hung up: there is nothing left to restore.
    }
    mode = undefined;
  };
  // The shell has used it meanwhile.
  const again = (): void => void makeTerminalRaw(fd);
  return {
    size: () => windowSize(fd),
    lend: () => {
      mode ??= makeTerminalRaw(fd);
      process.on('exit', restore);
      process.on('SIGCONT', again);
    },
    restore,
  };
}
