import { closeSync, constants, openSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { windowSize } from '@hako/posix';
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
 * process's terminal; and when the stand-in is killed, so is the process.
 */
export function standFor(
  standIn: StandIn,
  container: Container,
  execId: string,
  { terminal }: Pick<StreamPlaces, 'terminal'>,
): void {
  const screen = terminal ? openTerminal(standIn.pid) : undefined;
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
  close(): void;
}

/** The terminal that a stand-in holds as its stdin. */
function openTerminal(pid: number): Screen {
  const fd = openSync(`/proc/${pid}/fd/0`, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  return {
    size: () => windowSize(fd),
    close: () => closeSync(fd),
  };
}
