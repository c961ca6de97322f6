import { isatty } from 'node:tty';
import { makeTerminalRaw, restoreTerminal, terminalMode, type WindowSize, windowSize } from '@hako/posix';
import type { LentTerminal } from '@hako/shim/stand-in';

/** The terminal on which a foreground command was called, lent to the process in the guest. */
export interface CallerTerminal {
  readonly fd: number;
  size(): WindowSize | undefined;
  /** Bytes pass it unchanged from now on, Ctrl-C too: the guest's own terminal does the rest. */
  lend(): LentTerminal;
  /** Gives it its own mode back. It happens at the latest when this command ends. */
  restore(): void;
}

/** The first of stdin, stdout and stderr that is a terminal. */
export function callerTerminal(): CallerTerminal | undefined {
  const fd = [0, 1, 2].find((candidate) => isatty(candidate));
  if (fd === undefined) return undefined;
  let before: ReturnType<typeof makeTerminalRaw> | undefined;
  const restore = (): void => {
    if (before === undefined) return;
    process.off('exit', restore);
    process.off('SIGCONT', again);
    try {
      restoreTerminal(fd, before);
    } catch {
      // Hung up: there is nothing left to restore.
    }
    before = undefined;
  };
  // The shell has used it meanwhile.
  const again = (): void => void makeTerminalRaw(fd);
  return {
    fd,
    size: () => windowSize(fd),
    lend: () => {
      before ??= makeTerminalRaw(fd);
      process.on('exit', restore);
      process.on('SIGCONT', again);
      return { fd, before, raw: terminalMode(fd) };
    },
    restore,
  };
}
