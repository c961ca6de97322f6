import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeProcessIo, type StreamPlaces } from '../process-io.ts';
import { openClientIo } from './client-io.ts';

const none = { stdin: '', stdout: '', stderr: '', terminal: false };
const open = (places: Partial<StreamPlaces>) =>
  openClientIo({ ...none, ...places }, { namespace: 'ns', id: 'c1' });
const write = (stream: Writable | undefined, text: string) =>
  new Promise<void>((resolve) => void stream?.write(text, () => resolve()));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-io-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function newFifo(name: string): string {
  const fifo = join(folder, name);
  execFileSync('mkfifo', [fifo]);
  return fifo;
}

test('empty places are no streams, and a terminal has no stderr', async () => {
  expect(await open({})).toEqual({ terminal: false });
  const io = await open({ stdout: newFifo('out'), stderr: '/no/such/fifo', terminal: true });
  expect(Object.keys(io).toSorted()).toEqual(['stdout', 'terminal']);
  closeProcessIo(io);
});

test('a FIFO is read with and without its scheme', async () => {
  const fifo = newFifo('in');
  for (const stdin of [fifo, `fifo://${fifo}`]) {
    const io = await open({ stdin });
    expect(io.stdin).toBeDefined();
    closeProcessIo(io);
  }
});

test('a FIFO is written before it has a reader, and while the reader changes', async () => {
  const fifo = newFifo('out');
  const { stdout } = await open({ stdout: fifo });
  const readOnce = (): string => {
    const fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(100);
    const length = readSync(fd, bytes);
    closeSync(fd);
    return bytes.toString('utf8', 0, length);
  };
  await write(stdout, 'early');
  expect(readOnce()).toBe('early');
  await write(stdout, 'late');
  expect(readOnce()).toBe('late');
  stdout?.destroy();
});

test('a file is made with its folder, and appended to', async () => {
  const file = join(folder, 'logs/with space/out');
  for (const text of ['one ', 'two']) {
    const { stdout } = await open({ stdout: `file://${encodeURI(file)}` });
    await write(stdout, text);
    stdout?.destroy();
  }
  expect(readFileSync(file, 'utf8')).toBe('one two');
});

test('what was opened is closed again when a later place is bad', async () => {
  const stdin = newFifo('in');
  const before = readdirSync('/proc/self/fd').length;
  await expect(open({ stdin, stdout: 'ftp://x' })).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('ftp://x'),
  });
  await expect(open({ stdin, stdout: join(folder, 'none/out') })).rejects.toThrow(/none/);
  await expect.poll(() => readdirSync('/proc/self/fd').length).toBe(before);
});
