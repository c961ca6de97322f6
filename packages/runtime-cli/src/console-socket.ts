import { closeSync, constants, openSync } from 'node:fs';
import {
  connectUnixDescriptor,
  isPosixError,
  makeTerminalRaw,
  openPty,
  sendDescriptor,
  type WindowSize,
  windowSize,
} from '@hako/posix';
import { CliError } from './cli-error.ts';

/** What runc names the terminal that it sends; receivers show it in messages only. */
const SENT_NAME = '/dev/ptmx';

/** A terminal for a caller who waits for it on a console socket. */
export interface OfferedTerminal {
  /** Side of the stand-in and the shim. Bytes pass it unchanged: the guest's own terminal does the rest. */
  readonly slaveFd: number;
  /** The size that it has already; a new one gets its first from who receives it. */
  size(): WindowSize | undefined;
  /** Sends the caller its side. @throws CliError `output` */
  send(): void;
  /** Closes what this process has of it. */
  close(): void;
}

/** Which terminal a process that outlives the command is to have. */
export interface ConsoleChoice {
  /** Unix socket that gets a new one. */
  readonly consoleSocket?: string;
  /** One that is there: the slave side of a pseudo terminal, as kata-runtime 1.x and the first versions of runc take it. */
  readonly console?: string;
}

/**
 * Whether a process that outlives this command can have its terminal: it needs one that somebody else holds, and that
 * is for nothing without.
 *
 * @throws CliError `usage`
 */
export function checkConsole(terminal: boolean, choice: ConsoleChoice): void {
  const flag = chosenFlag(choice);
  if (choice.consoleSocket !== undefined && choice.console !== undefined) {
    throw new CliError('usage', '--console and --console-socket exclude each other', { facts: {} });
  }
  if (terminal && flag === undefined) {
    throw new CliError(
      'usage',
      'cannot allocate a terminal for a process that this command does not wait for: use --console-socket',
      { facts: {} },
    );
  }
  if (!terminal && flag !== undefined) {
    throw new CliError('usage', `${flag} is for a process with a terminal (process.terminal, --tty)`, {
      facts: {},
    });
  }
}

/** A command that waits for the process lends it its own terminal. @throws CliError `usage` */
export function refuseConsole(choice: ConsoleChoice): void {
  const flag = chosenFlag(choice);
  if (flag === undefined) return;
  throw new CliError('usage', `${flag} is for --detach: without it the terminal is yours`, { facts: {} });
}

function chosenFlag({ consoleSocket, console }: ConsoleChoice): string | undefined {
  if (consoleSocket !== undefined) return '--console-socket';
  return console === undefined ? undefined : '--console';
}

/** What a stand-in is to hold: that terminal, or, where there is none, the streams of this command. */
export function heldStreams(
  terminal: OfferedTerminal | undefined,
): 'inherit' | { readonly terminalFd: number } {
  return terminal === undefined ? 'inherit' : { terminalFd: terminal.slaveFd };
}

/** The terminal that was chosen; undefined without one. @throws CliError `output` */
export function offerTerminal({ consoleSocket, console }: ConsoleChoice): OfferedTerminal | undefined {
  if (consoleSocket !== undefined) return newTerminal(consoleSocket);
  return console === undefined ? undefined : presentTerminal(console);
}

/** Whoever has the other side of it has it already. */
function presentTerminal(path: string): OfferedTerminal {
  let slaveFd: number;
  try {
    slaveFd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  } catch (error) {
    throw failed(`cannot open console ${path}`, path, error);
  }
  const close = (): void => closeSync(slaveFd);
  try {
    makeTerminalRaw(slaveFd);
  } catch (error) {
    close();
    throw failed(`cannot use console ${path}`, path, error);
  }
  return { slaveFd, size: () => windowSize(slaveFd), send: () => {}, close };
}

/** Makes a terminal and connects to the socket that it is to be sent to. */
function newTerminal(consoleSocket: string): OfferedTerminal {
  let socket: number;
  try {
    socket = connectUnixDescriptor(consoleSocket);
  } catch (error) {
    throw failed(`cannot connect to console socket ${consoleSocket}`, consoleSocket, error);
  }
  const opened = [socket];
  const close = (): void => {
    for (const fd of opened.splice(0)) closeSync(fd);
  };
  try {
    const { masterFd, slavePath } = openPty();
    opened.push(masterFd);
    const slaveFd = openSync(slavePath, constants.O_RDWR | constants.O_NOCTTY);
    opened.push(slaveFd);
    makeTerminalRaw(slaveFd);
    return {
      slaveFd,
      size: () => undefined,
      send: () => {
        try {
          sendDescriptor(socket, masterFd, SENT_NAME);
        } catch (error) {
          throw failed(`cannot send the terminal to console socket ${consoleSocket}`, consoleSocket, error);
        }
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function failed(what: string, path: string, cause: unknown): CliError {
  const code = isPosixError(cause) ? cause.code : ((cause as NodeJS.ErrnoException).code ?? '');
  const reasons: Readonly<Record<string, string>> = {
    ENOTTY: 'it is no terminal',
    ENOENT: 'no such file or directory',
    ECONNREFUSED: 'nobody listens there, or it is no socket',
    EACCES: 'permission denied',
  };
  const why = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new CliError('output', `${what}: ${why}`, { facts: { path }, cause });
}
