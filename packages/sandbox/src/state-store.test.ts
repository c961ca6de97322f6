import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ContainerState } from './container-state.ts';
import { liveState } from './liveness.ts';
import { StateStore } from './state-store.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hako-store-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const state: ContainerState = {
  id: 'c1',
  sandboxId: 'c1',
  status: 'running',
  pid: 42,
  pidStartTime: 7,
  createdAt: '2026-01-01T00:00:00.000Z',
};

test('an id is taken once', () => {
  const store = new StateStore(join(root, 'deeper', 'root'));
  store.reserve('c1');
  expect(() => store.reserve('c1')).toThrow(expect.objectContaining({ code: 'id-in-use' }));
});

test('an id that would leave the root is refused before anything is made', () => {
  const store = new StateStore(join(root, 'state'));
  expect(() => store.reserve('../c1')).toThrow(expect.objectContaining({ code: 'bad-id' }));
  expect(existsSync(join(root, 'state'))).toBe(false);
});

test('a state is read back as written, and unknown ids are not found', () => {
  const store = new StateStore(root);
  store.reserve('c1');
  store.writeContainerState(state);
  expect(store.readContainerState('c1')).toEqual(state);
  expect(() => store.readContainerState('c2')).toThrow(
    expect.objectContaining({ code: 'not-found', message: 'container does not exist: c2' }),
  );
});

test.each([
  ['{"id":', 'not JSON'],
  ['[]', 'id is not a string'],
  ['null', 'not an object'],
  [JSON.stringify({ ...state, status: 'dancing' }), 'unknown status "dancing"'],
  [JSON.stringify({ ...state, pid: '42' }), 'pid is not a whole number'],
])('a damaged state file says what is wrong: %s', (text, why) => {
  const store = new StateStore(root);
  store.reserve('c1');
  writeFileSync(store.container('c1').state, text);
  expect(() => store.readContainerState('c1')).toThrow(
    expect.objectContaining({ code: 'state-corrupt', message: expect.stringContaining(why) }),
  );
});

test('folders without a state are not listed', () => {
  const store = new StateStore(root);
  mkdirSync(join(root, 'stranger'));
  for (const id of ['b', 'a']) {
    store.reserve(id);
    store.writeContainerState({ ...state, id });
  }
  expect(store.list()).toEqual(['a', 'b']);
  expect(new StateStore(join(root, 'nowhere')).list()).toEqual([]);
});

test('without its shim a running container has stopped', () => {
  const store = new StateStore(root);
  store.reserve('c1');
  store.writeContainerState(state);
  store.writeShimRecord('c1', { pid: 9, startTime: 100 });
  const alive = { processStartTime: () => 100 };
  expect(liveState(store, alive, 'c1').status).toBe('running');
  const reused = { processStartTime: () => 101 };
  expect(liveState(store, reused, 'c1')).toMatchObject({ status: 'stopped', pid: 0 });
});
