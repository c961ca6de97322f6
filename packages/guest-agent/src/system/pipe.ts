import { AgentError } from '../agent-error.ts';
import type { Libc } from './libc.ts';

const O_CLOEXEC = 0o2000000;
const F_SETPIPE_SZ = 1031;

/** The pipe buffer is the only buffer between a process and the host: as much as one read of the host asks for. */
export const pipeBytes: number = 1 << 20;

export interface PipeEnds {
  readonly readFd: number;
  readonly writeFd: number;
}

/** A new pipe; neither end is inherited by children unless handed over. */
export function makePipe(libc: Libc): PipeEnds {
  const ends = new Int32Array(2);
  const result = libc.pipe2(ends, O_CLOEXEC);
  if (result < 0) throw new AgentError('internal', `pipe2 failed with errno ${-result}`);
  const [readFd = -1, writeFd = -1] = ends;
  // A refusal leaves the kernel's default of 64 KiB, which works as well.
  libc.fcntl(writeFd, F_SETPIPE_SZ, pipeBytes);
  return { readFd, writeFd };
}
