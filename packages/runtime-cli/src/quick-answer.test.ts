import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { posixHost } from '@hako/sandbox/state';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainCall } from './plain-call.ts';
import { quickAnswer } from './quick-answer.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'quick-answer-'));
  const put = (id: string, name: string, content: object): void => {
    mkdirSync(join(root, id), { recursive: true });
    writeFileSync(join(root, id, name), JSON.stringify(content));
  };
  const state = { sandboxId: 'c1', status: 'running', pid: 7, pidStartTime: 1, createdAt: 'then' };
  const config = { bundlePath: '/b', rootfs: { path: '/b/r' }, spec: { annotations: { key: 'value' } } };
  const startTime = posixHost().processStartTime(process.pid);
  put('c1', 'shim.json', { pid: process.pid, startTime });
  for (const id of ['c1', 'c2']) {
    put(id, 'state.json', { id, ...state });
    put(id, 'container.json', { id, ...config });
  }
});
afterAll(() => rmSync(root, { recursive: true }));

const answer = (...args: string[]) => quickAnswer(plainCall(['--root', root, ...args]));

test('state and list are answered from what is written down', () => {
  expect(JSON.parse(answer('state', 'c1') ?? '')).toEqual({
    ociVersion: '1.3.0',
    id: 'c1',
    pid: 7,
    status: 'running',
    bundle: '/b',
    rootfs: '/b/r',
    created: 'then',
    annotations: { key: 'value' },
    owner: String(process.getuid?.()),
  });
  expect(answer('list', '-q')).toBe('c1\nc2\n');
  expect(answer('list')).toMatch(/^ID +PID +STATUS .*\nc1 +7 +running .*\nc2 +7 +running .*\n$/);
  expect(quickAnswer(plainCall(['--root', join(root, 'none'), 'list', '-q']))).toBe('');
});

test('all else is left to the whole program, errors too', () => {
  for (const args of [
    ['state', 'none'],
    ['state', '../c1'],
    ['state'],
    ['list', '--format', 'json'],
    ['kill', 'c1'],
    [],
  ])
    expect(answer(...args)).toBeUndefined();
  expect(quickAnswer(plainCall(['--debug', '--root', root, 'state', 'c1']))).toBeUndefined();
});
