import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProcessIo } from './process-io.ts';

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
