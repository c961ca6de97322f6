import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Translation } from '@hako/oci-translate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Sandbox, StateStore } from '../src/index.ts';
import { fakeHost } from '../src/testing/fake-host.ts';
import { FakeMachine } from '../src/testing/fake-machine.ts';
import { plainTranslation } from '../src/testing/plain-translation.ts';

let folder: string;
let machine: FakeMachine;
let mounted: string[];
let store: StateStore;
let sandbox: Sandbox;

const host = fakeHost({
  bindMount: (_source, target) => void mounted.push(target),
  unmountAll: (target) => {
    mounted = mounted.filter((each) => each !== target);
  },
  mountsBelow: (directory) => mounted.filter((each) => each.startsWith(`${directory}/`)),
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-pod-'));
  mkdirSync(join(folder, 'bundle', 'rootfs'), { recursive: true });
  machine = new FakeMachine();
  mounted = [];
  store = new StateStore(join(folder, 'state'));
  sandbox = new Sandbox({ config: translated('pod', 'sandbox').sandbox, store, host, hypervisor: machine });
});
afterEach(async () => {
  await sandbox.destroy();
  expect(mounted).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

function translated(containerId: string, kind: 'sandbox' | 'container', extra: object = {}): Translation {
  const annotations = { 'io.kubernetes.cri.container-type': kind, 'io.kubernetes.cri.sandbox-id': 'pod' };
  return plainTranslation({
    bundlePath: join(folder, 'bundle'),
    containerId,
    spec: { annotations, ...extra },
  });
}

function create(id: string, extra: object = {}) {
  const { container } = translated(id, id === 'pod' ? 'sandbox' : 'container', extra);
  if (!store.exists(id)) store.reserve(id);
  store.writeContainerConfig(container);
  return sandbox.createContainer({ config: container, io: {}, pid: 1 });
}

const rootOf = (name: string) => join(store.sandbox('pod').share, `${name}~rootfs`);
const entries = () => readdirSync(store.sandbox('pod').shareFolders);

test('a member waits until the sandbox has its own container', async () => {
  const member = create('one');
  await create('pod');
  await member;
  expect(machine.calls).toEqual(['createSandbox', 'createContainer pod', 'createContainer one']);
});

test('a member is told of a sandbox that could not be made, or has ended meanwhile', async () => {
  machine.refusals.set('createSandbox', 'no memory');
  const refused = { status: 'rejected', reason: { code: 'guest-refused' } };
  expect(await Promise.allSettled([create('one'), create('pod')])).toMatchObject([refused, refused]);
  await sandbox.destroy();
  await expect(create('two')).rejects.toMatchObject({ code: 'sandbox-gone' });
});

test('nobody joins a sandbox whose own container has stopped', async () => {
  const own = await create('pod');
  await own.start();
  machine.endProcess('pod', 0);
  await own.stopped;
  await expect(create('one')).rejects.toMatchObject({ code: 'sandbox-gone' });
});

test('a member joins what its spec names by a path, and has the rest for itself', async () => {
  await create('pod');
  const joins = (type: string) => ({ type, path: `/proc/self/ns/${type === 'network' ? 'net' : type}` });
  await create('one', { linux: { namespaces: ['network', 'ipc', 'uts', 'pid'].map(joins) } });
  expect(machine.request?.sandboxPidns).toBe(true);
  expect(machine.ownNamespaces).toBeUndefined();
  await create('two', { linux: { namespaces: [joins('network'), { type: 'ipc' }, { type: 'uts' }] } });
  expect(machine.request?.sandboxPidns).toBe(false);
  expect(machine.ownNamespaces).toBe('ipc,uts');
});

test('shared memory is the sandbox’s, unless the ipc namespace is not', async () => {
  const mounts = [{ destination: '/dev/shm', type: 'bind', source: '/dev/shm', options: ['bind'] }];
  await create('pod', { mounts });
  expect(machine.request?.storages).toMatchObject([{ mountPoint: '/run/kata-containers/sandbox/shm' }]);
  expect(machine.created?.mounts).toMatchObject([{ source: '/run/kata-containers/sandbox/shm' }]);
  await create('two', { mounts, linux: { namespaces: [{ type: 'ipc' }] } });
  expect(machine.request?.storages).toEqual([]);
  expect(machine.created?.mounts).toMatchObject([{ type: 'tmpfs' }]);
});

test('a member goes alone, and comes again under another name in the share', async () => {
  await create('pod');
  const mounts = [{ destination: '/v', type: 'bind', source: folder, options: ['bind'] }];
  await create('one', { mounts });
  expect(entries()).toEqual(['one~0', 'one~rootfs', 'pod~rootfs']);
  expect(machine.created?.root?.path).toMatch(/\/one~rootfs$/);
  await sandbox.removeContainer('one');
  expect(entries()).toEqual(['pod~rootfs']);
  expect(mounted).toEqual([rootOf('pod')]);
  await create('one');
  expect(machine.created?.root?.path).toMatch(/\/one@\d+~rootfs$/);
  expect(machine.calls.slice(-2)).toEqual(['removeContainer one', 'createContainer one']);
});

test('a member that is deleted while the machine ends is gone with it', async () => {
  await create('pod');
  await create('one');
  machine.silences = new Set(['removeContainer']);
  const removed = sandbox.removeContainer('one');
  await sandbox.removeContainer('pod');
  await removed;
  expect([...sandbox.containers.keys()]).toEqual([]);
  expect(mounted).toEqual([]);
});

test('nothing of a member that could not be made stays, and the pod goes on', async () => {
  await create('pod');
  machine.refusals.set('createContainer', 'no such program');
  await expect(create('one')).rejects.toMatchObject({ code: 'guest-refused' });
  const path = join(folder, 'socket');
  const server = createServer().listen(path);
  const mounts = [{ destination: '/s', type: 'bind', source: path, options: ['bind'] }];
  await expect(create('one', { mounts })).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('is a socket'),
  });
  server.close();
  machine.refusals.clear();
  expect(mounted).toEqual([rootOf('pod')]);
  await create('one');
  expect([...sandbox.containers.keys()]).toEqual(['pod', 'one']);
});

test('with the sandbox’s own container all go, and their states say so', async () => {
  await create('pod');
  const member = await create('one');
  await member.start();
  await sandbox.removeContainer('pod');
  expect(await member.stopped).toMatchObject({ status: 137 });
  expect(store.readContainerState('one')).toMatchObject({ status: 'stopped', sandboxId: 'pod' });
  await sandbox.removeContainer('one');
});

test('of the shared mounts a container is told those that are for the name it has in the pod', async () => {
  const { sandbox: config } = translated('pod', 'sandbox');
  const mount = { name: 'm', srcCtr: 'maker', srcPath: '/made', dstCtr: 'user', dstPath: '/shown' };
  const sharedMounts = [mount, { ...mount, dstCtr: 'other' }];
  sandbox = new Sandbox({
    config: { ...config, runtime: { ...config.runtime, sharedMounts } },
    store,
    host,
    hypervisor: machine,
  });
  await create('pod');
  expect(machine.request?.sharedMounts).toEqual([]);
  for (const key of ['io.kubernetes.cri.container-name', 'io.kubernetes.cri-o.ContainerName']) {
    const { annotations } = translated('one', 'container').container.spec;
    await create(`one-${key.length}`, { annotations: { ...annotations, [key]: 'user' } });
    expect(machine.request?.sharedMounts).toEqual([mount]);
  }
});
