import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { followFolder } from './follow-folder.ts';

function folders() {
  const dir = mkdtempSync(join(tmpdir(), 'follow-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const source = join(dir, 'source');
  const target = join(dir, 'target');
  for (const path of [source, target]) mkdirSync(path);
  return { source, target };
}

test('what changes is copied, as long as it is small', async () => {
  const { source, target } = folders();
  const key = join(source, 'key');
  writeFileSync(key, 'one');
  const stop = followFolder(source, target, 1);
  onTestFinished(() => stop?.());
  const copied = (): string => readFileSync(join(target, 'key'), 'utf8');
  expect(copied()).toBe('one');
  truncateSync(key, 9 * 1024 * 1024);
  writeFileSync(join(source, 'other'), '');
  rmSync(key);
  writeFileSync(key, 'other');
  await vi.waitFor(() => expect(copied()).toBe('other'));
});

test('a folder that is too large is not followed', () => {
  const { source, target } = folders();
  writeFileSync(join(source, 'large'), '');
  truncateSync(join(source, 'large'), 9 * 1024 * 1024);
  expect(followFolder(source, target)).toBeUndefined();
});
