import { closeSync, constants, openSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { isatty } from 'node:tty';
import { restoreTerminal, terminalMode, windowSize } from '@hako/posix';
import type { Container, ProcessExit, TerminalSize } from '@hako/sandbox';
import type { StreamPlaces } from './process-io.ts';
import type { StandIn } from './stand-in.ts';

const SIGKILL = 9;
const SIGWINCH = osConstants.signals.SIGWINCH;
/** For a process whose end is not known. */
const UNKNOWN_STATUS = 255;

/**
 * Ties a stand-in to a process (`execId` empty: the container's first one): its end is the stand-in's end, with the
 * same status; a signal that the stand-in gets is the process's, but a change of its terminal's size is one of the
 * process's terminal; and when the stand-in is killed, so is the process, and a terminal that it lent gets its mode back.
 */
export function standFor(
  standIn: StandIn,
  container: Container,
  execId: string,
  { terminal }: Pick<StreamPlaces, 'terminal'>,
): void {
  const screen = terminal ? openTerminal(standIn) : undefined;
  // Whoever has just ended takes nothing; its end is on its way to the stand-in.
  const kill = (signal: number): void => void container.kill(signal, execId, false).catch(() => {});
  const resize = (): void => {
    const size = screen?.size();
    if (size !== undefined) void container.resize(execId, size).catch(() => {});
  };
  let isOver = false;
  const end = (status: number): void => {
    if (isOver) return;
    isOver = true;
    screen?.close();
    standIn.end(status);
  };
  standIn.watch({
    signalled: (signal) => {
      if (signal === SIGWINCH && screen !== undefined) resize();
      else kill(signal);
    },
    killed: () => {
      screen?.giveBack();
      kill(SIGKILL);
      end(UNKNOWN_STATUS);
    },
  });
  const exited: Promise<ProcessExit> =
    execId === '' ? container.stopped : container.exec(execId).process.exited;
  exited.then(
    ({ status }) => end(status),
    () => end(UNKNOWN_STATUS),
  );
}

interface Screen {
  size(): TerminalSize | undefined;
  /** Gives it the mode back that it has now: before it is lent. */
  giveBack(): void;
  close(): void;
}

/** The terminal that a stand-in lends, or that it was made for and holds as its stdin; there may be none. */
function openTerminal({ pid, lentTerminal, isMade }: StandIn): Screen | undefined {
  if (lentTerminal === undefined && !isMade) return undefined;
  const path = `/proc/${pid}/fd/${lentTerminal ?? 0}`;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  if (!isatty(fd)) {
    closeSync(fd);
    return undefined;
  }
  const mode = lentTerminal === undefined ? undefined : terminalMode(fd);
  return {
    size: () => windowSize(fd),
    giveBack: () => {
      try {
        if (mode !== undefined) restoreTerminal(fd, mode);
      } catch {
        // Hung up: there is nothing left to restore.
      }
    },
    close: () => closeSync(fd),
  };
}
