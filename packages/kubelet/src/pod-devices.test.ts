import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, expect, test } from 'vitest';
import { podDevices } from './pod-devices.ts';
import { FakeKubelet, type FakeKubeletAnswers } from './testing/fake-kubelet.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-kubelet-'));
const socket = join(folder, 'kubelet.sock');
let kubelet: FakeKubelet | undefined;
afterEach(() => kubelet?.end());
afterAll(() => rmSync(folder, { recursive: true }));

async function serve(answers: FakeKubeletAnswers): Promise<void> {
  kubelet = await FakeKubelet.serve(socket, answers);
}

/** A field of protobuf with a length, by its number in the kubelet's api.proto. */
function field(number: number, ...parts: readonly (string | Buffer)[]): Buffer {
  const value = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value]);
}

const topology = field(3, field(1, Buffer.from([8, 1])));
const app = field(
  3,
  field(1, 'app'),
  field(2, field(1, 'nvidia.com/pgpu'), field(2, '0'), field(2, '1'), topology),
  field(2, field(1, 'nvidia.com/pgpu'), field(2, '1')),
  Buffer.from([24, 3]),
  field(5, field(2, 'claim'), field(4, field(1, field(1, 'gpu.example/dra=x')), field(2, 'driver'))),
);
const web = field(1, field(1, 'web'), field(2, 'prod'), app, field(3, field(1, 'plain')));
const devices = ['nvidia.com/pgpu=0', 'nvidia.com/pgpu=1', 'gpu.example/dra=x'].map((name) => ({
  container: 'app',
  name,
}));
const pod = { namespace: 'prod', name: 'web' };

test('devices of plugins and of claims are named, each once', async () => {
  const asked: object[] = [];
  await serve({
    get: (request) => {
      asked.push(request);
      return web;
    },
  });
  expect(await podDevices(socket, pod)).toEqual(devices);
  expect(asked).toEqual([{ podName: 'web', podNamespace: 'prod' }]);
});

test('where Get is switched off, List is asked', async () => {
  const other = field(1, field(1, 'web'), field(2, 'test'));
  await serve({
    get: () => ({ code: status.UNKNOWN, details: 'PodResources API Get method disabled' }),
    list: () => Buffer.concat([other, web]),
  });
  expect(await podDevices(socket, pod)).toEqual(devices);
  await expect(podDevices(socket, { namespace: 'prod', name: 'db' })).rejects.toMatchObject({
    code: 'unknown-pod',
    message: `the kubelet at ${socket} has no pod db in namespace prod`,
  });
});

test('an answer without a pod is none', async () => {
  await serve({ get: () => Buffer.alloc(0) });
  await expect(podDevices(socket, pod)).rejects.toMatchObject({ code: 'unknown-pod' });
});

test.each([
  ['refuses', { code: status.PERMISSION_DENIED, details: 'not you' }, 'not you'],
  ['has neither Get nor List', { code: status.UNIMPLEMENTED, details: '' }, 'UNIMPLEMENTED'],
  ['answers with something else', Buffer.from('hello'), 'does not tell the devices of pods'],
  ['says too much', Buffer.alloc(17 * 1024 * 1024), 'RESOURCE_EXHAUSTED'],
])('one that %s is told with its words', async (_what, answer, words) => {
  await serve({ get: () => answer });
  await expect(podDevices(socket, pod)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining(words),
    facts: { socket, pod: 'prod/web' },
  });
});

test('one that is not there, or says nothing, holds nobody up', async () => {
  await expect(podDevices(join(folder, 'none.sock'), pod)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('ENOENT'),
  });
  await serve({ get: () => 'none' });
  await expect(podDevices(socket, pod, { timeoutMs: 100 })).rejects.toMatchObject({
    code: 'timeout',
    message: `the kubelet at ${socket} gave no answer within 100 ms`,
  });
});

test('a server that is no kubelet at all holds nobody up either', async () => {
  const path = join(folder, 'deaf.sock');
  const deaf = createServer(() => {});
  await new Promise<void>((resolve) => deaf.listen(path, resolve));
  try {
    await expect(podDevices(path, pod, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timeout' });
  } finally {
    deaf.close();
  }
});
