import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readAtMost } from './read-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-read-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['below', 99_999],
  ['at', 100_000],
])('a file %s the limit is read whole', (_name, length) => {
  const path = join(folder, 'file');
  writeFileSync(path, 'x'.repeat(length));
  expect(readAtMost(path, 100_000).length).toBe(length);
});

test('of more than the limit one byte too many is read, of endless files too', () => {
  const path = join(folder, 'big');
  writeFileSync(path, 'x'.repeat(300_000));
  expect(readAtMost(path, 100_000).length).toBe(100_001);
  expect(readAtMost('/dev/zero', 100_000).length).toBe(100_001);
});

test('files that do not know their size are read as well', () => {
  expect(Buffer.from(readAtMost('/proc/self/status', 100_000)).toString()).toMatch(/^Name:/);
  expect(readAtMost('/dev/null', 10).length).toBe(0);
});
