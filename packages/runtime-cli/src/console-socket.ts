import { closeSync, constants, openSync } from 'node:fs';
import { connectUnixDescriptor, isPosixError, makeTerminalRaw, openPty, sendDescriptor } from '@hako/posix';
import { CliError } from './cli-error.ts';

/** What runc names the terminal that it sends; receivers show it in messages only. */
const SENT_NAME = '/dev/ptmx';

/** A terminal for a caller who waits for it on a console socket. */
export interface OfferedTerminal {
  /** Side of the stand-in and the shim. Bytes pass it unchanged: the guest's own terminal does the rest. */
  readonly slaveFd: number;
  /** Sends the caller its side. @throws CliError `output` */
  send(): void;
  /** Closes what this process has of it. */
  close(): void;
}

/**
 * Whether a process that outlives this command can have its terminal: it needs a console socket, and the socket needs
 * a terminal to be sent.
 *
 * @throws CliError `usage`
 */
export function checkConsole(terminal: boolean, consoleSocket: string | undefined): void {
  if (terminal && consoleSocket === undefined) {
    throw new CliError(
      'usage',
      'cannot allocate a terminal for a process that this command does not wait for: use --console-socket',
      { facts: {} },
    );
  }
  if (!terminal && consoleSocket !== undefined) {
    throw new CliError(
      'usage',
      '--console-socket is for a process with a terminal (process.terminal, --tty)',
      {
        facts: {},
      },
    );
  }
}

/** A command that waits for the process lends it its own terminal. @throws CliError `usage` */
export function refuseConsoleSocket(consoleSocket: string | undefined): void {
  if (consoleSocket === undefined) return;
  throw new CliError('usage', '--console-socket is for --detach: without it the terminal is yours', {
    facts: {},
  });
}

/** What a stand-in is to hold: that terminal, or, where there is none, the streams of this command. */
export function heldStreams(
  terminal: OfferedTerminal | undefined,
): 'inherit' | { readonly terminalFd: number } {
  return terminal === undefined ? 'inherit' : { terminalFd: terminal.slaveFd };
}

/** Makes a terminal and connects to the socket that it is to be sent to. @throws CliError `output` */
export function offerTerminal(consoleSocket: string): OfferedTerminal {
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
  const code = isPosixError(cause) ? cause.code : '';
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    ECONNREFUSED: 'nobody listens there, or it is no socket',
    EACCES: 'permission denied',
  };
  const why = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new CliError('output', `${what}: ${why}`, { facts: { path }, cause });
}
