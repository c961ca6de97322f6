import { closeSync, readSync, writeSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { makePipe } from '../src/system/pipe.ts';
import { TransferPipe } from '../src/system/transfer-pipe.ts';
import { koffiLibc } from './koffi-libc.ts';

const libc = koffiLibc();

function pipe(): { readonly readFd: number; readonly writeFd: number } {
  const ends = makePipe(libc);
  onTestFinished(() => {
    closeSync(ends.readFd);
    closeSync(ends.writeFd);
  });
  return ends;
}

const bytesOf = (length: number, from = 0): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (from + index) % 251));

test('what a pipe holds goes to another descriptor; what is written meanwhile stays behind', () => {
  const [source, target] = [pipe(), pipe()];
  const transfer = new TransferPipe(libc);
  writeSync(source.writeFd, bytesOf(100_000));
  const body = transfer.take(source.readFd, 1 << 20);
  expect(body?.lengthBytes).toBe(100_000);
  writeSync(source.writeFd, bytesOf(50_000, 7));
  while ((body?.leftBytes ?? 0) > 0) expect(body?.moveTo(target.writeFd)).toBeGreaterThan(0);
  const moved = Buffer.alloc(200_000);
  expect(readSync(target.readFd, moved)).toBe(100_000);
  expect(moved.subarray(0, 100_000)).toEqual(bytesOf(100_000));
  expect(transfer.take(source.readFd, 1 << 20)?.bytes()).toEqual(new Uint8Array(bytesOf(50_000, 7)));
});

test('one body at a time; it is free again once that is taken or dropped', () => {
  const source = pipe();
  const transfer = new TransferPipe(libc);
  writeSync(source.writeFd, bytesOf(200_000));
  const first = transfer.take(source.readFd, 40_000);
  expect(first?.lengthBytes).toBe(40_000);
  expect(transfer.take(source.readFd, 40_000)).toBeUndefined();
  first?.drop();
  const second = transfer.take(source.readFd, 40_000);
  expect(second?.bytes()).toEqual(new Uint8Array(bytesOf(40_000, 40_000)));
});

test('little is not worth it, nor is nothing', () => {
  const source = pipe();
  const transfer = new TransferPipe(libc);
  expect(transfer.take(source.readFd, 1 << 20)).toBeUndefined();
  writeSync(source.writeFd, bytesOf(1000));
  expect(transfer.take(source.readFd, 1 << 20)).toBeUndefined();
});
