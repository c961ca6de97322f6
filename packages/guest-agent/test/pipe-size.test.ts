import { closeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makePipe, pipeBytes } from '../src/system/pipe.ts';
import { koffiLibc } from './koffi-libc.ts';

const F_GETPIPE_SZ = 1032;
const libc = koffiLibc();

function sizeOf(bufferBytes: number | undefined): number {
  const { readFd, writeFd } = makePipe(libc, bufferBytes);
  const size = libc.fcntl(writeFd, F_GETPIPE_SZ, 0);
  closeSync(readFd);
  closeSync(writeFd);
  return size;
}

test('a pipe is as large as was asked, or as the kernel allows', () => {
  expect(sizeOf(65_536)).toBe(65_536);
  expect(sizeOf(8192)).toBe(8192);
  // With CAP_SYS_RESOURCE it is the agent's own choice, without as much as everybody may have.
  expect([pipeBytes, 1 << 20]).toContain(sizeOf(undefined));
});
