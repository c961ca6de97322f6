import { callLibc } from './libc.ts';

const O_CLOEXEC = 0o2000000;

/** A new pipe as [read end, write end], both closed in programs started later. Throws PosixError (EMFILE). */
export function makePipe(): readonly [readFd: number, writeFd: number] {
  const ends = Buffer.alloc(8);
  callLibc('pipe2', [ends, O_CLOEXEC]);
  return [ends.readInt32LE(0), ends.readInt32LE(4)];
}
