import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startFailed } from './start-failed.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-start-failed-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what the shim said comes first, then the end of its log, and a log that is gone is none', () => {
  const log = join(folder, 'shim.log');
  expect(startFailed(log)).toMatchObject({
    code: 'shim-start-failed',
    message: 'the shim did not start: it ended without a word',
  });
  writeFileSync(log, `${'x'.repeat(3000)}\nthe last line\n`);
  expect(startFailed(log).message).toMatch(/^the shim did not start: x{1985}\nthe last line$/);
  expect(startFailed(log, 'no kernel').message).toBe('the shim did not start: no kernel');
});
