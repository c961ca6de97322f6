import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { posixHost, Sandbox, StateStore } from '@hako/sandbox';
import { FakeMachine, plainTranslation } from '@hako/sandbox/testing';
import { type TaskExit, TaskServiceV2, TaskStatus, topicOfTaskEvent } from '@hako/task-protocol';
import { type ServiceClient, TtrpcClient, TtrpcServer } from '@hako/ttrpc';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  execProcessSpec,
  RESOURCES_TYPE,
  StoredContainers,
  TaskEvents,
  TaskService,
  taskMethods,
} from '../src/index.ts';

let folder: string;
let machine: FakeMachine;
let task: ServiceClient<typeof TaskServiceV2>;
let sandbox: Sandbox;
/** Topics, with the process that an exit is of. */
let events: string[];
let warnings: string[];
let shutdowns: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-task-'));
  mkdirSync(join(folder, 'bundle/rootfs'), { recursive: true });
  machine = new FakeMachine();
  events = [];
  warnings = [];
  shutdowns = 0;
  const { sandbox: config, container } = plainTranslation({
    bundlePath: join(folder, 'bundle'),
    containerId: 'c1',
  });
  const store = new StateStore(join(folder, 'state'));
  store.reserve('c1');
  store.writeContainerConfig(container);
  const taskEvents = new TaskEvents((type, message) => {
    const { id = '' } = message as Partial<TaskExit>;
    events.push(`${topicOfTaskEvent(type.typeName)}${type.typeName.endsWith('TaskExit') ? ` ${id}` : ''}`);
  });
  sandbox = new Sandbox({
    config,
    store,
    host: { ...posixHost(), bindMount: () => {} },
    hypervisor: machine,
    onOutOfMemory: (id) => taskEvents.outOfMemory(id),
    log: (message, level) => void (level === 'warning' && warnings.push(message)),
  });
  const service = new TaskService({
    containers: new StoredContainers(sandbox, store),
    events: taskEvents,
    onStarted: () => {},
    onRemoved: async () => {},
    onShutdown: async () => {
      shutdowns += 1;
    },
  });
  const [near, far] = duplexPair();
  new TtrpcServer().register(TaskServiceV2, taskMethods(service)).serve(far);
  task = new TtrpcClient(near).service(TaskServiceV2);
});
afterEach(async () => {
  vi.useRealTimers();
  await sandbox.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const id = 'c1';
const spec = execProcessSpec({ user: { uid: 0, gid: 0 }, args: ['true'], cwd: '/' });
const create = () => task.create({ id, bundle: join(folder, 'bundle') });
const code = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: { readonly code: string }) => error.code,
  );

test('before there is a container, every call says so', async () => {
  const execId = 'e1';
  const calls = [
    task.start({ id }),
    task.start({ id, execId }),
    task.state({ id }),
    task.delete({ id }),
    task.pids({ id }),
    task.pause({ id }),
    task.resume({ id }),
    task.kill({ id, signal: 9 }),
    task.exec({ id, execId, spec }),
    task.resizePty({ id, width: 1, height: 1 }),
    task.closeIO({ id, stdin: true }),
    task.update({ id, resources: { typeUrl: RESOURCES_TYPE, value: Buffer.from('{}') } }),
    task.wait({ id }),
    task.stats({ id }),
  ];
  expect(new Set(await Promise.all(calls.map(code)))).toEqual(new Set(['not-found']));
  expect(await code(task.create({ id: 'unknown', bundle: folder }))).toBe('not-found');
  expect((await task.connect({ id })).shimPid).toBe(process.pid);
});

test('calls in a wrong order are refused by their kind, and change nothing', async () => {
  await create();
  expect(await code(create())).toBe('already-exists');
  expect(await code(task.pause({ id }))).toBe('failed-precondition');
  expect(await code(task.exec({ id, execId: 'e1', spec }))).toBe('failed-precondition');
  await task.start({ id });
  expect(await code(task.start({ id }))).toBe('failed-precondition');
  expect(await code(task.resume({ id }))).toBe('failed-precondition');
  expect(await code(task.delete({ id }))).toBe('failed-precondition');
  await task.exec({ id, execId: 'e1', spec });
  expect(await code(task.exec({ id, execId: 'e1', spec }))).toBe('already-exists');
  expect(await code(task.exec({ id, execId: '../e', spec }))).toBe('invalid-argument');
  expect(await code(task.exec({ id, execId: 'e2', spec: { typeUrl: 'x', value: new Uint8Array() } }))).toBe(
    'invalid-argument',
  );
  expect(await code(task.start({ id, execId: 'nope' }))).toBe('not-found');
  expect(await code(task.kill({ id, execId: 'e1', signal: 9 }))).toBe('failed-precondition');
  expect(await code(task.checkpoint({ id }))).toBe('unimplemented');
  expect(await code(task.create({ id: 'c2', checkpoint: '/image' }))).toBe('unimplemented');
  expect(await code(task.update({ id, resources: { typeUrl: 'x', value: new Uint8Array() } }))).toBe(
    'invalid-argument',
  );
  await task.shutdown({ id });
  expect(shutdowns).toBe(0);
  expect((await task.state({ id })).status).toBe(TaskStatus.RUNNING);
});

test('an ended task: signals find nothing, its status stays until it is deleted, once', async () => {
  await create();
  await task.start({ id });
  machine.endProcess('c1', 3);
  expect(await task.wait({ id })).toMatchObject({ exitStatus: 3 });
  expect(await code(task.kill({ id, signal: 9 }))).toBe('not-found');
  expect(await task.state({ id })).toMatchObject({ status: TaskStatus.STOPPED, exitStatus: 3 });
  const deletes = await Promise.allSettled([task.delete({ id }), task.delete({ id })]);
  expect(deletes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await code(task.delete({ id }))).toBe('not-found');
  await task.shutdown({ id });
  expect(shutdowns).toBe(1);
});

test('events come in the order that consumers rely on, whatever the guest does first', async () => {
  await create();
  await task.start({ id });
  await task.pause({ id });
  await task.resume({ id });
  machine.outOfMemory('c1');
  await expect.poll(() => events).toContain('/tasks/oom');
  await task.exec({ id, execId: 'e1', spec });
  await task.start({ id, execId: 'e1' });
  // With the container ends what else runs in it; that is told first.
  machine.endProcess('c1', 0);
  await task.wait({ id });
  await task.delete({ id });
  expect(events).toEqual([
    '/tasks/create',
    '/tasks/start',
    '/tasks/paused',
    '/tasks/resumed',
    '/tasks/oom',
    '/tasks/exec-added',
    '/tasks/exec-started',
    '/tasks/exit e1',
    '/tasks/exit c1',
    '/tasks/delete',
  ]);
});

test('a container that is deleted without having run has an end as well', async () => {
  await create();
  await task.delete({ id });
  expect(events).toEqual(['/tasks/create', '/tasks/exit c1', '/tasks/delete']);
});

/** How a call ends on a clock that goes a second at a time, and stops at `limitSeconds`. */
async function outcome(call: () => Promise<unknown>, limitSeconds: number): Promise<string> {
  let ended: string | undefined;
  void code(call()).then((word) => {
    ended = word;
  });
  for (let seconds = 0; ended === undefined; seconds += 1) {
    // Messages and files take their time by the real clock.
    await new Promise((resolve) => setImmediate(resolve));
    if (seconds < limitSeconds) await vi.advanceTimersByTimeAsync(1000);
  }
  return ended;
}

test('a guest that stops answering: every call ends in time, with its kind, and the sandbox can be ended', async () => {
  await create();
  await task.start({ id });
  await task.exec({ id, execId: 'e1', spec });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  machine.silences = 'all';
  const limits = { typeUrl: RESOURCES_TYPE, value: Buffer.from('{"pids":{"limit":5}}') };
  // A signal waits in such a guest.
  expect(await outcome(() => task.kill({ id, signal: 15 }), 13)).toBe('ok');
  for (const call of [
    () => task.resizePty({ id, width: 80, height: 25 }),
    () => task.stats({ id }),
    () => task.pause({ id }),
    () => task.start({ id, execId: 'e1' }),
    () => task.update({ id, resources: limits }),
  ]) {
    expect(await outcome(call, 61)).toBe('deadline-exceeded');
  }
  // What the shim knows, or does, without the guest.
  for (const call of [
    () => task.state({ id }),
    () => task.state({ id, execId: 'e1' }),
    () => task.pids({ id }),
    () => task.connect({ id }),
    () => task.exec({ id, execId: 'e2', spec }),
    () => task.closeIO({ id, stdin: true }),
    () => task.delete({ id, execId: 'e2' }),
  ]) {
    expect(await outcome(call, 1)).toBe('ok');
  }
  expect((await task.state({ id })).status).toBe(TaskStatus.RUNNING);
  expect(await outcome(() => task.delete({ id }), 1)).toBe('failed-precondition');

  machine.silences = new Set(['resumeContainer', 'signalProcess']);
  expect(await outcome(() => task.kill({ id, signal: 15 }), 61)).toBe('deadline-exceeded');
  expect(await outcome(() => task.pause({ id }), 1)).toBe('ok');
  expect(await outcome(() => task.resume({ id }), 61)).toBe('deadline-exceeded');

  machine.silences = 'all';
  const waiting = task.wait({ id });
  expect(await outcome(() => task.shutdown({ id, now: true }), 6)).toBe('ok');
  expect(await waiting).toMatchObject({ exitStatus: 137 });
  expect([machine.stopped, shutdowns]).toEqual([1, 1]);
});

test.each<[string, object, 'all' | ReadonlySet<string>, number, string]>([
  ['hangs', { all: true }, 'all', 12, 'the guest hangs: no answer to SIGKILL and health check for 12 s'],
  ['hangs', {}, 'all', 12, 'the guest hangs'],
  ['lives but does not kill', {}, new Set(['signalProcess']), 61, 'the guest answers, but not to SIGKILL'],
])(
  'SIGKILL to a guest that %s %j: the machine ends, and all that ends with it is told',
  async (_what, all, silences, seconds, why) => {
    await create();
    await task.start({ id });
    await task.exec({ id, execId: 'e1', spec });
    await task.start({ id, execId: 'e1' });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    machine.silences = silences;
    const waiting = task.wait({ id });
    expect(await outcome(() => task.kill({ id, signal: 9, ...all }), seconds)).toBe('ok');
    vi.useRealTimers();
    expect(await waiting).toMatchObject({ exitStatus: 137 });
    expect(machine.stopped).toBeGreaterThan(0);
    expect(warnings).toEqual([expect.stringContaining(why)]);
    expect(await task.delete({ id })).toMatchObject({ exitStatus: 137 });
    expect(events.slice(-3)).toEqual(['/tasks/exit e1', '/tasks/exit c1', '/tasks/delete']);
  },
);

test('a guest that is slow and says so is not ended', async () => {
  await create();
  await task.start({ id });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  machine.delays.set('signalProcess', 50_000);
  expect(await outcome(() => task.kill({ id, signal: 9 }), 51)).toBe('ok');
  vi.useRealTimers();
  expect(await task.wait({ id })).toMatchObject({ exitStatus: 137 });
  expect(warnings).toEqual([]);
});

test.each([
  ['startContainer', async () => task.start({ id })],
  ['createContainer', async () => create()],
])('a guest that never answers %s', async (name, call) => {
  if (name !== 'createContainer') await create();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  machine.silences = new Set([name]);
  expect(await outcome(call, 61)).toBe('deadline-exceeded');
});

test('a guest that refuses, or is gone', async () => {
  await create();
  await task.start({ id });
  machine.refusals.set('pauseContainer', 'no freezer');
  await expect(task.pause({ id })).rejects.toMatchObject({
    code: 'unknown',
    message: expect.stringContaining('no freezer'),
  });
  machine.die({ exitCode: 1, signal: null });
  expect(await task.wait({ id })).toMatchObject({ exitStatus: 137 });
  expect(await code(task.stats({ id }))).toBe('failed-precondition');
});
