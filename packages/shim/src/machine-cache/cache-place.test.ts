import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeHost } from '@hako/sandbox/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CachePlace } from './cache-place.ts';

let top: string;
let place: CachePlace;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'hako-cache-'));
  place = new CachePlace(join(top, 'run/cache.sock'));
});
afterEach(() => rmSync(top, { recursive: true }));

test('one serves at a time, also after the folder was removed', () => {
  const lock = place.tryLock();
  expect(lock).toBeDefined();
  expect(place.tryLock()).toBeUndefined();
  place.remove();
  expect(existsSync(place.folder)).toBe(false);
  lock?.release();
  place.tryLock()?.release();
});

test('what a killed server left is undone, but not what a sandbox has', async () => {
  const lock = place.tryLock();
  for (const name of ['waits', 'taken']) mkdirSync(join(place.folder, name));
  writeFileSync(join(place.folder, 'waits/sandbox.json'), '{}');
  writeFileSync(place.socket, '');
  await place.clear(fakeHost());
  expect([readdirSync(place.folder), existsSync(place.socket)]).toEqual([['taken'], false]);
  place.remove();
  expect(existsSync(place.folder)).toBe(true);
  lock?.release();
});

test('a folder that others may write is not used', () => {
  mkdirSync(place.folder);
  chmodSync(place.folder, 0o777);
  expect(() => place.tryLock()).toThrow(expect.objectContaining({ code: 'cache-failed' }));
});
