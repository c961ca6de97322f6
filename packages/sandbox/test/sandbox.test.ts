import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { KEPT_STATUS_FEATURE } from '@hako/agent-protocol';
import { defaultRuntimeConfig } from '@hako/config';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runDuePoststop, Sandbox, StateStore } from '../src/index.ts';
import { fakeHost } from '../src/testing/fake-host.ts';
import { FakeMachine } from '../src/testing/fake-machine.ts';
import { plainTranslation } from '../src/testing/plain-translation.ts';

let folder: string;
let machine: FakeMachine;
let mounts: string[];
let notices: string[];
let sandbox: Sandbox;
let store: StateStore;

const host = fakeHost({
  bindMount: (_source, target, { readonly }) => void mounts.push(`${target}${readonly ? ' ro' : ''}`),
  unmountAll: (target) => void mounts.push(`un ${target}`),
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-sandbox-'));
  mkdirSync(join(folder, 'bundle', 'rootfs'), { recursive: true });
  machine = new FakeMachine();
  mounts = [];
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A sandbox of one container whose spec has these members too. */
function prepare(
  extra: object = {},
  change: (config: ReturnType<typeof defaultRuntimeConfig>) => object = () => ({}),
) {
  const config = defaultRuntimeConfig();
  const translation = plainTranslation({
    bundlePath: join(folder, 'bundle'),
    containerId: 'c1',
    spec: { linux: { resources: {} }, ...extra },
    config: { ...config, ...change(config) },
  });
  store = new StateStore(join(folder, 'state'));
  store.reserve('c1');
  store.writeContainerConfig(translation.container);
  sandbox = new Sandbox({
    config: translation.sandbox,
    store,
    host,
    hypervisor: machine,
    onNotice: (notice) => notices.push(notice),
  });
  return translation.container;
}

const statusNow = () => store.readContainerState('c1').status;

test('a container lives from created to stopped, and its output comes before its exit', async () => {
  const config = prepare();
  const stdout = new PassThrough();
  const text = stdout.toArray();
  const container = await sandbox.createContainer({ config, io: { stdout }, pid: 77 });
  expect(store.readContainerState('c1')).toMatchObject({ status: 'created', pid: 77 });
  await container.start();
  expect(statusNow()).toBe('running');
  await expect(container.start()).rejects.toMatchObject({ code: 'wrong-state' });
  machine.endProcess('c1', 3);
  expect(await container.stopped).toMatchObject({ status: 3 });
  expect(Buffer.concat(await text).toString()).toBe('c1 says hello\n');
  expect(store.readContainerState('c1')).toMatchObject({ status: 'stopped', exitStatus: 3, pid: 0 });
  await expect(container.kill(15, '', false)).rejects.toMatchObject({ message: 'container not running' });

  await sandbox.removeContainer('c1');
  await sandbox.destroy();
  expect(machine.calls).toEqual([
    'createSandbox',
    'createContainer c1',
    'startContainer c1',
    'closeStdin c1',
    'destroySandbox',
  ]);
  expect(mounts.filter((entry) => entry.startsWith('un '))).toHaveLength(2);
  expect(existsSync(store.sandbox('c1').share)).toBe(false);
});

test('what is being made when the sandbox ends goes with it, and nothing is made after', async () => {
  const config = prepare();
  const { share, shareFolders } = store.sandbox('c1');
  const ended: Promise<void>[] = [];
  const made: string[] = [];
  const dying = new Sandbox({
    config: sandbox.config,
    store,
    host: fakeHost({
      mountView: () => void ended.push(sandbox.destroy()),
      bindMount: (_source, target) => void made.push(target),
    }),
    hypervisor: machine,
  });
  sandbox = dying;
  await expect(dying.createContainer({ config, io: {}, pid: 77 })).rejects.toMatchObject({
    code: 'sandbox-gone',
  });
  expect(ended).toHaveLength(1);
  await Promise.all(ended);
  expect([made, machine.calls, existsSync(share), existsSync(shareFolders)]).toEqual([[], [], false, false]);
});

test('stdin is carried to the process and closed at its end', async () => {
  const config = prepare();
  const stdin = new PassThrough();
  const container = await sandbox.createContainer({ config, io: { stdin }, pid: 1 });
  await container.start();
  stdin.end('typed');
  await expect.poll(() => machine.calls).toContain('closeStdin c1');
  expect(machine.inputOf('c1')).toBe('typed');
  await sandbox.destroy();
});

test('an exec runs beside the container and only while that runs', async () => {
  const config = prepare();
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  const process = { user: { uid: 0, gid: 0 }, args: ['id'], cwd: '/' };
  expect(() => container.addExec('e1', process, {})).toThrow(
    expect.objectContaining({ code: 'wrong-state' }),
  );
  await container.start();
  container.addExec('e1', process, {});
  expect(() => container.addExec('e1', process, {})).toThrow(
    expect.objectContaining({ code: 'exec-in-use' }),
  );
  await container.startExec('e1');
  await expect(container.startExec('e1')).rejects.toMatchObject({ code: 'wrong-state' });
  await container.kill(15, 'e1', false);
  expect(await container.exec('e1').process.exited).toMatchObject({ status: 143 });
  await expect(container.kill(15, 'e1', false)).rejects.toMatchObject({ code: 'not-running' });
  expect(() => container.exec('nope')).toThrow(expect.objectContaining({ code: 'exec-not-found' }));
  expect(statusNow()).toBe('running');
  await sandbox.destroy();
});

test('the status of an exec is asked for at its start, of an agent that keeps it', async () => {
  machine.features = [KEPT_STATUS_FEATURE];
  const config = prepare();
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await container.start();
  const process = { user: { uid: 0, gid: 0 }, args: ['id'], cwd: '/' };
  const run = async (execId: string) => {
    container.addExec(execId, process, {});
    await container.startExec(execId);
    return container.exec(execId).process;
  };
  const first = await run('e1');
  machine.endProcess('e1', 3);
  expect(await first.exited).toMatchObject({ status: 3 });
  const second = await run('e2');
  // It answers the calls in turn, and this one is the last that came.
  await container.update({});
  expect(machine.statusesAsked).toEqual(['e1', 'e2']);
  machine.endProcess('e2', 4);
  expect(await second.exited).toMatchObject({ status: 4 });
  expect(machine.statusesAsked).toEqual(['e1', 'e2']);
  await sandbox.destroy();
});

test('an exec that the guest refuses has no end, and is not begun again', async () => {
  machine.refusals.set('execProcess', 'no such program');
  const config = prepare();
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await container.start();
  container.addExec('e1', { user: { uid: 0, gid: 0 }, args: ['id'], cwd: '/' }, {});
  await expect(container.startExec('e1')).rejects.toMatchObject({ code: 'guest-refused' });
  await expect(container.startExec('e1')).rejects.toMatchObject({ code: 'wrong-state' });
  const { process, status } = container.exec('e1');
  expect(status).toBe('added');
  process.abandon(126);
  expect(await process.exited).toMatchObject({ status: 126 });
  await sandbox.destroy();
});

test('a machine that ends takes its containers along, with the cause', async () => {
  const config = prepare();
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await container.start();
  machine.die({ exitCode: 1, signal: null, cause: 'virtiofsd ended' });
  expect(await container.stopped).toMatchObject({ status: 137 });
  expect(store.readContainerState('c1')).toMatchObject({ status: 'stopped', failure: 'virtiofsd ended' });
  await sandbox.destroy();
});

test('a connection that breaks first does not hide why the machine ended', async () => {
  const config = prepare();
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await container.start();
  machine.cutConnection();
  await new Promise((resolve) => setImmediate(resolve));
  machine.die({ exitCode: null, signal: 'SIGKILL' });
  expect(await container.stopped).toMatchObject({ status: 137 });
  expect(store.readContainerState('c1').failure).toBe('the virtual machine ended (SIGKILL)');
  await sandbox.destroy();
});

test('a machine whose agent is gone is ended', async () => {
  const config = prepare();
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await container.start();
  vi.useFakeTimers();
  try {
    machine.cutConnection();
    const stopped = container.stopped;
    while (machine.stopped === 0) await vi.advanceTimersByTimeAsync(500);
    expect(await stopped).toMatchObject({ status: 137 });
  } finally {
    vi.useRealTimers();
  }
  expect(store.readContainerState('c1').failure).toContain('connection to the agent ended');
  await sandbox.destroy();
});

test('pause and resume; calls that are not legal change nothing', async () => {
  const config = prepare();
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await expect(container.pause()).rejects.toMatchObject({ code: 'wrong-state' });
  await expect(container.resume()).rejects.toMatchObject({ message: 'container not paused' });
  await container.start();
  const both = await Promise.allSettled([container.pause(), container.pause()]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(statusNow()).toBe('paused');
  const process = { user: { uid: 0, gid: 0 }, args: ['id'], cwd: '/' };
  expect(() => container.addExec('e1', process, {})).toThrow('paused container');
  await container.resume();
  expect(statusNow()).toBe('running');
  machine.refusals.set('pauseContainer', 'no freezer');
  await expect(container.pause()).rejects.toMatchObject({ code: 'guest-refused' });
  expect(statusNow()).toBe('running');
  machine.endProcess('c1', 0);
  await container.stopped;
  await expect(container.pause()).rejects.toMatchObject({ code: 'wrong-state' });
  await expect(container.update({})).rejects.toMatchObject({ code: 'wrong-state' });
  expect(machine.calls.filter((call) => /^(pause|resume)/.test(call))).toEqual([
    'pauseContainer c1',
    'resumeContainer c1',
    'pauseContainer c1',
  ]);
  await sandbox.destroy();
});

test('what the agent’s protocol has no field for goes beside it, or is told of', async () => {
  const process = { user: { uid: 0, gid: 0, umask: 18 }, args: ['sh'], cwd: '/' };
  const config = prepare({ process });
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await container.start();
  container.addExec('e1', process, {});
  await container.startExec('e1');
  await container.update({ unified: { 'memory.high': '1' } });
  expect(machine.lostMembers).toEqual([
    '[{"path":["process","user","umask"],"value":18}]',
    '[{"path":["user","umask"],"value":18}]',
    '[{"path":["unified"],"value":{"memory.high":"1"}}]',
  ]);
  expect(notices).toEqual([]);
  await sandbox.destroy();
});

test('an agent that is not hako’s leaves those members out, and the user is told', async () => {
  const process = { user: { uid: 0, gid: 0, umask: 18 }, args: ['sh'], cwd: '/' };
  const config = prepare({ process, windows: {} });
  machine.features = [];
  await sandbox.createContainer({ config, io: {}, pid: 1 });
  expect(notices).toEqual(['warning: the agent in this guest has no field for process.user.umask: left out']);
  await sandbox.destroy();
});

test('hooks of the host run at their moments, with the state of that moment', async () => {
  const log = join(folder, 'bundle', 'log');
  const hook = (kind: string) => ({
    path: '/bin/sh',
    args: ['sh', '-c', `echo ${kind} $(cat) >> log`],
    env: ['PATH=/usr/bin:/bin'],
  });
  const kinds = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'];
  const config = prepare({ hooks: Object.fromEntries(kinds.map((kind) => [kind, [hook(kind)]])) });
  const seen = () =>
    (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []).map((line) => {
      const [kind, ...json] = line.split(' ');
      const { status, pid } = JSON.parse(json.join(' '));
      return [kind, status, pid];
    });
  const container = await sandbox.createContainer({ config, io: {}, pid: 77 });
  const created = [
    ['prestart', 'creating', 77],
    ['createRuntime', 'creating', 77],
  ];
  expect(seen()).toEqual(created);
  expect(machine.created?.hooks).toMatchObject({ createContainer: [{}], startContainer: [{}] });
  expect(Object.keys(machine.created?.hooks ?? {})).toHaveLength(2);
  await container.start();
  expect(seen()).toEqual([...created, ['poststart', 'running', 77]]);
  machine.endProcess('c1', 0);
  await container.stopped;
  await sandbox.removeContainer('c1');
  expect(await runDuePoststop(store, 'c1')).toEqual([]);
  expect(await runDuePoststop(store, 'c1')).toEqual([]);
  expect(seen().slice(3)).toEqual([['poststop', 'stopped', undefined]]);
});

test('a hook that fails before the container is made keeps it from being made; poststop is due', async () => {
  const failing = { path: '/bin/sh', args: ['sh', '-c', 'exit 9'] };
  const poststop = { path: '/bin/sh', args: ['sh', '-c', 'echo > done'], env: ['PATH=/bin'] };
  const config = prepare({ hooks: { createRuntime: [failing], poststop: [poststop] } });
  await expect(sandbox.createContainer({ config, io: {}, pid: 1 })).rejects.toMatchObject({
    code: 'hook-failed',
  });
  expect(machine.launched).toBeUndefined();
  await sandbox.destroy();
  await runDuePoststop(store, 'c1');
  expect(existsSync(join(folder, 'bundle', 'done'))).toBe(true);
});

test('a poststart hook that fails stops the container', async () => {
  const config = prepare({ hooks: { poststart: [{ path: '/bin/false' }] } });
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await expect(container.start()).rejects.toMatchObject({ code: 'hook-failed' });
  expect(statusNow()).toBe('stopped');
  await sandbox.destroy();
});

test('a guest that dies while booting is a boot failure with its last words', async () => {
  const config = prepare();
  machine.mute = true;
  const creating = sandbox.createContainer({ config, io: {}, pid: 1 });
  await expect.poll(() => machine.launched).toBeDefined();
  machine.die({ exitCode: 0, signal: null });
  await expect(creating).rejects.toMatchObject({
    code: 'boot-failed',
    message: expect.stringMatching(
      /ended while booting \(exit status 0\)\nguest console, last lines:\n {2}Kernel panic/,
    ),
  });
  await sandbox.destroy();
});

test('an agent that stays silent is given up after the dial timeout', async () => {
  const config = prepare({}, ({ agent }) => ({ agent: { ...agent, dialTimeoutMs: 50 } }));
  machine.mute = true;
  await expect(sandbox.createContainer({ config, io: {}, pid: 1 })).rejects.toMatchObject({
    code: 'boot-failed',
    message: expect.stringContaining('did not answer within 0.05 s'),
  });
  expect(machine.stopped).toBe(1);
  await sandbox.destroy();
});

test('what the guest refuses is told in its words, and no container is left', async () => {
  const config = prepare();
  machine.refusals.set('createContainer', 'executable file `x` not found in $PATH');
  await expect(sandbox.createContainer({ config, io: {}, pid: 1 })).rejects.toMatchObject({
    code: 'guest-refused',
    message: expect.stringContaining('executable file `x` not found in $PATH'),
  });
  expect(sandbox.containers.size).toBe(0);
  await sandbox.destroy();
});

test('a sandbox that the guest refuses is told of as such, and its machine is ended', async () => {
  const config = prepare();
  machine.refusals.set('createSandbox', 'module dummy not found');
  await expect(sandbox.createContainer({ config, io: {}, pid: 1 })).rejects.toMatchObject({
    code: 'guest-refused',
    message: expect.stringMatching(/^create sandbox failed: .*module dummy not found/),
  });
  expect(machine.stopped).toBe(1);
  await sandbox.destroy();
});

test('bind mounts are shared, read-only ones on the host’s side; the kernel’s own trees are not', async () => {
  writeFileSync(join(folder, 'file'), '');
  const config = prepare({
    root: { path: 'rootfs', readonly: true },
    mounts: [
      { destination: '/data', type: 'bind', source: folder, options: ['rbind'] },
      { destination: '/etc/file', type: 'bind', source: join(folder, 'file'), options: ['bind', 'ro'] },
      { destination: '/sys', type: 'bind', source: '/sys', options: ['rbind'] },
      { destination: '/dev/shm', type: 'bind', source: '/dev/shm', options: ['bind'] },
    ],
  });
  await sandbox.createContainer({ config, io: {}, pid: 1 });
  const { share } = store.sandbox('c1');
  expect(mounts).toEqual([`${share}/c1~rootfs ro`, `${share}/c1~0`, `${share}/c1~1 ro`]);
  // A read-only root gets its mount points before the guest sees it.
  expect(existsSync(join(folder, 'bundle/rootfs/data'))).toBe(true);
  expect(existsSync(join(folder, 'bundle/rootfs/etc/file'))).toBe(true);
  await sandbox.destroy();
});

test('a mount source that is missing is named, and nothing is launched', async () => {
  const config = prepare({
    mounts: [{ destination: '/data', type: 'bind', source: '/no/such/place', options: ['bind'] }],
  });
  await expect(sandbox.createContainer({ config, io: {}, pid: 1 })).rejects.toMatchObject({
    code: 'host-refused',
    message: expect.stringContaining('/no/such/place'),
  });
  expect(machine.launched).toBeUndefined();
  await sandbox.destroy();
});

test('a created container can be killed and removed without having run', async () => {
  const config = prepare();
  const container = await sandbox.createContainer({ config, io: {}, pid: 1 });
  await container.kill(9, '', false);
  expect(await container.stopped).toMatchObject({ status: 137 });
  await sandbox.removeContainer('c1');
  await sandbox.destroy();
  await sandbox.destroy();
});

test("the sandbox's own binds lie in the share before the machine boots, under their names", async () => {
  for (const name of ['hooks', 'data']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'keys'), 'secret');
  const given = ['hooks', 'data:rw', 'keys:ro'].map((name) => join(folder, name));
  const config = prepare({}, ({ runtime }) => ({ runtime: { ...runtime, sandboxBindMounts: given } }));
  await sandbox.createContainer({ config, io: {}, pid: 77 });
  const { share, shareFolders } = store.sandbox('c1');
  const at = join(share, 'sandbox-mounts');
  expect(mounts).toEqual([
    join(share, 'c1~rootfs'),
    `${join(at, 'hooks')} ro`,
    join(at, 'data'),
    `${join(at, 'keys')} ro`,
  ]);
  expect(readFileSync(join(shareFolders, 'sandbox-mounts/keys'), 'utf8')).toBe('');
  await sandbox.destroy();
  expect(mounts).toEqual(
    expect.arrayContaining(['hooks', 'data', 'keys'].map((name) => `un ${join(at, name)}`)),
  );
  expect(existsSync(shareFolders)).toBe(false);
});
