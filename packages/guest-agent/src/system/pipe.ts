import { AgentError } from '../agent-error.ts';
import type { Libc } from './libc.ts';

const O_CLOEXEC = 0o2000000;
const F_SETPIPE_SZ = 1031;

/**
 * The pipe buffer is the only buffer between a process and the host: as much as one read of the host asks for. Each read costs
 * an emulated guest milliseconds; but what is spliced into a port at once must not be of more than 1024 pages, which QEMU refuses.
 */
export const pipeBytes: number = 2 << 20;
/** What a pipe may have without CAP_SYS_RESOURCE, which the agent has in its guest. */
const commonPipeBytes = 1 << 20;

export interface PipeEnds {
  readonly readFd: number;
  readonly writeFd: number;
}

/** A new pipe; neither end is inherited by children unless handed over. */
export function makePipe(libc: Libc, bufferBytes: number = pipeBytes): PipeEnds {
  const ends = new Int32Array(2);
  const result = libc.pipe2(ends, O_CLOEXEC);
  if (result < 0) throw new AgentError('internal', `pipe2 failed with errno ${-result}`);
  const [readFd = -1, writeFd = -1] = ends;
  // A refusal leaves the kernel's default of 64 KiB, which works as well.
  if (libc.fcntl(writeFd, F_SETPIPE_SZ, bufferBytes) < 0) libc.fcntl(writeFd, F_SETPIPE_SZ, commonPipeBytes);
  return { readFd, writeFd };
}
