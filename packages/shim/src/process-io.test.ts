import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeProcessIo, openProcessIo } from './process-io.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-io-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('empty places are no streams', () => {
  expect(openProcessIo({ stdin: '', stdout: '', stderr: '' })).toEqual({});
});

test('what was opened is closed again when a later place is bad', () => {
  const fifo = join(folder, 'in');
  execFileSync('mkfifo', [fifo]);
  const before = readdirSync('/proc/self/fd').length;
  expect(() => openProcessIo({ stdin: fifo, stdout: 'ftp://x', stderr: '' })).toThrow(
    expect.objectContaining({ code: 'bad-request', message: expect.stringContaining('ftp://x') }),
  );
  expect(() => openProcessIo({ stdin: fifo, stdout: join(folder, 'none'), stderr: '' })).toThrow(/none/);
  return expect.poll(() => readdirSync('/proc/self/fd').length).toBe(before);
});

test('a FIFO is read with and without its scheme', () => {
  const fifo = join(folder, 'in');
  execFileSync('mkfifo', [fifo]);
  const io = openProcessIo({ stdin: `fifo://${fifo}`, stdout: '', stderr: '' });
  expect(io.stdin).toBeDefined();
  closeProcessIo(io);
});
