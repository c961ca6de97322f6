import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepWithin } from './keep-within.ts';
import { TemplateStore } from './template-store.ts';

const record = { version: '1', bootId: 'this boot', madeAt: 'today', machine: ['q35'] } as const;
const keyOf = (number: number) => number.toString(16).padStart(32, '0');

let parent: string;
let root: string;
let store: TemplateStore;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'hako-templates-'));
  root = join(parent, 'templates');
  store = new TemplateStore(root);
});
afterEach(() => rmSync(parent, { recursive: true }));

function put(key: string, bootId = 'this boot'): void {
  using lock = store.tryLock();
  if (lock === undefined) throw new Error('somebody has the lock');
  const files = store.filesToMake(lock);
  writeFileSync(files.memory, 'memory');
  writeFileSync(files.state, 'state');
  store.publish(lock, key, { ...record, bootId });
  rmSync(lock.place, { recursive: true });
}

test('a template is found whole, or not at all', () => {
  expect(store.find(keyOf(1))).toBeUndefined();
  put(keyOf(1));
  const found = store.find(keyOf(1));
  expect(found).toMatchObject({ key: keyOf(1), record: { ...record, memoryBytes: 6, stateBytes: 5 } });
  // What a copy takes with it is what was written.
  truncateSync(found?.files.memory ?? '', 5);
  expect(() => store.find(keyOf(1))).toThrow(/has 5 bytes, not 6/);
  expect(store.list()).toEqual([]);
  put(keyOf(1));
  rmSync(found?.files.state ?? '');
  expect(() => store.find(keyOf(1))).toThrow(/cannot be used: ENOENT/);
  put(keyOf(1));
  writeFileSync(join(root, keyOf(1), 'template.json'), '{"version":"2"}');
  expect(() => store.find(keyOf(1))).toThrow(expect.objectContaining({ code: 'template-broken' }));
  store.dropBroken();
  expect(store.find(keyOf(1))).toBeUndefined();
  expect(() => store.find('../..')).toThrow(RangeError);
});

test('what a process left that ended while it dropped one is removed', () => {
  put(keyOf(1));
  store.drop(keyOf(1));
  store.drop(keyOf(1));
  expect(readdirSync(root)).toEqual(['lock']);
  put(keyOf(2));
  renameSync(join(root, keyOf(2)), join(root, 'dropped-1'));
  expect(store.list()).toEqual([]);
  store.dropBroken();
  expect(readdirSync(root)).toEqual(['lock']);
});

test('what others may write is not used', () => {
  put(keyOf(1));
  chmodSync(root, 0o777);
  expect(() => store.find(keyOf(1))).toThrow(/writable for nobody else/);
  expect(() => store.tryLock()).toThrow(expect.objectContaining({ code: 'template-broken' }));
});

test('one maker at a time, also after the folder was removed', () => {
  const lock = store.tryLock();
  expect(lock?.place).toBe(join(root, 'making'));
  expect(store.tryLock()).toBeUndefined();
  expect(store.isBeingMade()).toBe(true);
  if (lock === undefined) throw new Error('no lock');
  put2(lock);
  store.removeAll(lock);
  expect(existsSync(root)).toBe(false);
  expect(store.isBeingMade()).toBe(false);
  expect(existsSync(root)).toBe(false);
  using again = store.tryLock();
  expect(again).toBeDefined();
});

function put2(lock: NonNullable<ReturnType<TemplateStore['tryLock']>>): void {
  const files = store.filesToMake(lock);
  for (const path of Object.values(files)) writeFileSync(path, 'x');
  store.publish(lock, keyOf(7), record);
  rmSync(lock.place, { recursive: true });
  store.noteFailure(keyOf(8), 'why');
  expect(store.lastFailure()).toMatchObject({ key: keyOf(8), message: 'why' });
}

test('the last used four of this boot and day are kept', () => {
  for (const number of [1, 2, 3, 4, 5, 6]) {
    put(keyOf(number), number === 6 ? 'boot before' : 'this boot');
    store.touch(keyOf(number));
  }
  const within = (nowMs: number) => {
    keepWithin(store, { bootId: 'this boot', spare: keyOf(1), nowMs });
    return readdirSync(root)
      .filter((name) => name.length === 32)
      .map((name) => Number.parseInt(name, 16));
  };
  expect(within(Date.now())).toHaveLength(4);
  expect(within(Date.now())).toContain(1);
  expect(within(Date.now())).not.toContain(6);
  expect(within(Date.now() + 25 * 60 * 60 * 1000)).toEqual([1]);
});
