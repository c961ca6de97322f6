import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConsoleLog } from './console-log.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-console-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('what the guest prints is in the file and in the tail', async () => {
  const source = new PassThrough();
  const path = join(dir, 'console.log');
  const log = new ConsoleLog(source, path);
  source.end('one\r\ntwo \x1b[0m\r\n');
  await finished(source);
  expect(readFileSync(path, 'latin1')).toBe('one\r\ntwo \x1b[0m\r\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(log.lines()).toEqual(['one', 'two \\x1b[0m']);
});

test('lines are stamped where they begin, however they are cut into pieces', async () => {
  const source = new PassThrough();
  const path = join(dir, 'console.log');
  let time = 0;
  const log = new ConsoleLog(source, path, { stamp: () => `${++time} ` });
  for (const piece of ['one\ntw', 'o\n', '\nthree']) {
    source.write(piece);
    await new Promise(setImmediate);
  }
  source.end();
  await finished(source);
  expect(readFileSync(path, 'latin1')).toBe('1 one\n1 two\n3 \n3 three');
  expect(log.lines()).toEqual(['one', 'two', 'three']);
});

test('a file that cannot be made is done without', async () => {
  const source = new PassThrough();
  const log = new ConsoleLog(source, join(dir, 'no', 'console.log'));
  source.end('still here\n');
  await finished(source);
  expect(log.lines()).toEqual(['still here']);
});

test('an endless guest fills two files of bounded size, and the newest text survives', async () => {
  const source = new PassThrough();
  const path = join(dir, 'console.log');
  const log = new ConsoleLog(source, path, { maxFileBytes: 1000, maxBytesPerSecond: 1e9 });
  for (let line = 0; line < 5000; line++) source.write(`line ${line}\n`);
  source.end('last\n');
  await finished(source);
  expect(statSync(path).size + statSync(`${path}.old`).size).toBeLessThanOrEqual(2000);
  expect(readFileSync(path, 'latin1')).toContain('last\n');
  expect(log.lines().at(-1)).toBe('last');
});

test('a flood is read no faster than allowed', async () => {
  const source = new PassThrough({ highWaterMark: 1000 });
  const log = new ConsoleLog(source, join(dir, 'console.log'), { maxBytesPerSecond: 10_000 });
  let accepted = 0;
  while (source.write(Buffer.alloc(1000, 'f')) || source.readableLength < 1000) {
    accepted += 1000;
    await new Promise(setImmediate);
    if (accepted > 1_000_000) break;
  }
  expect(accepted).toBeLessThan(30_000);
  expect(source.isPaused()).toBe(true);
  expect(log.lines().length).toBe(1);
  source.destroy();
});

test('a file that cannot be written loses the file, not the tail', async () => {
  const source = new PassThrough();
  const log = new ConsoleLog(source, '/dev/full');
  source.end('still here\n');
  await finished(source);
  expect(log.lines()).toEqual(['still here']);
});
