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
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeProcessIo, openProcessIo } from './process-io.ts';

const none = { stdin: '', stdout: '', stderr: '' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-io-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('empty places are no streams', () => {
  expect(openProcessIo({ ...none, terminal: false })).toEqual({ terminal: false });
});

test('what was opened is closed again when a later place is bad', () => {
  const fifo = join(folder, 'in');
  execFileSync('mkfifo', [fifo]);
  const before = readdirSync('/proc/self/fd').length;
  expect(() => openProcessIo({ stdin: fifo, stdout: 'ftp://x', stderr: '', terminal: false })).toThrow(
    expect.objectContaining({ code: 'bad-request', message: expect.stringContaining('ftp://x') }),
  );
  expect(() =>
    openProcessIo({ stdin: fifo, stdout: join(folder, 'none'), stderr: '', terminal: false }),
  ).toThrow(/none/);
  return expect.poll(() => readdirSync('/proc/self/fd').length).toBe(before);
});

test('a FIFO is read with and without its scheme', () => {
  const fifo = join(folder, 'in');
  execFileSync('mkfifo', [fifo]);
  const io = openProcessIo({ stdin: `fifo://${fifo}`, stdout: '', stderr: '', terminal: false });
  expect(io.stdin).toBeDefined();
  closeProcessIo(io);
});

test('a FIFO is written before it has a reader, and while the reader changes', async () => {
  const fifo = join(folder, 'out');
  execFileSync('mkfifo', [fifo]);
  const { stdout } = openProcessIo({ ...none, stdout: fifo, terminal: false });
  const write = (text: string) => new Promise<void>((resolve) => void stdout?.write(text, () => resolve()));
  const readOnce = (): string => {
    const fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(100);
    const length = readSync(fd, bytes);
    closeSync(fd);
    return bytes.toString('utf8', 0, length);
  };
  await write('early');
  expect(readOnce()).toBe('early');
  await write('late');
  expect(readOnce()).toBe('late');
  stdout?.destroy();
});

test('a file is written where the caller’s descriptor stands, and leaves it at its end', async () => {
  const path = join(folder, 'out');
  const fd = openSync(path, 'w');
  try {
    writeSync(fd, 'first ');
    const { stdout } = openProcessIo({ ...none, stdout: `/proc/${process.pid}/fd/${fd}`, terminal: false });
    await new Promise<void>((resolve) => void stdout?.end('middle ', resolve));
    writeSync(fd, 'last');
  } finally {
    closeSync(fd);
  }
  expect(readFileSync(path, 'utf8')).toBe('first middle last');
});
