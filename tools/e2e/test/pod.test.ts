import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { posixHost } from '@hako/sandbox/state';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberBundle, type PodContainer, sandboxBundle } from '../src/pod-bundle.ts';
import { runProgram } from '../src/run-program.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
const sleeping = ['sleep', '100000'];

beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

async function ok(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await bench.hako(args);
  if (exitCode !== 0) throw new Error(`hako ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}

async function createSandbox(id: string, container: Partial<PodContainer> = {}): Promise<void> {
  const bundle = sandboxBundle(bench, { sandboxId: id, args: sleeping, ...container });
  const { exitCode, stderr } = await bench.create(['--bundle', bundle, id]);
  if (exitCode !== 0) throw new Error(`create ${id} failed: ${stderr}`);
}

const addMember = (id: string, sandboxId: string, container: Partial<PodContainer> = {}) =>
  bench.create(['--bundle', memberBundle(bench, { sandboxId, args: sleeping, ...container }), id]);

async function startMember(id: string, sandboxId: string, container: Partial<PodContainer> = {}) {
  const { exitCode, stderr } = await addMember(id, sandboxId, container);
  if (exitCode !== 0) throw new Error(`create ${id} failed: ${stderr}`);
  await ok(['start', id]);
}

const statusOf = async (id: string): Promise<string> => JSON.parse(await ok(['state', id])).status;
const namespacesOf = async (id: string): Promise<Record<string, string>> => {
  const names = ['net', 'ipc', 'uts', 'pid', 'mnt', 'cgroup'];
  const links = await ok([
    'exec',
    id,
    'sh',
    '-c',
    names.map((name) => `readlink /proc/self/ns/${name}`).join(';'),
  ]);
  return Object.fromEntries(
    links
      .trim()
      .split('\n')
      .map((link, index) => [names[index] ?? '', link]),
  );
};

test('a pod: its containers share the network, ipc, uts and /dev/shm, and have the rest for themselves', async () => {
  await createSandbox('pod', {
    linux: { sysctl: { 'kernel.msgmax': '70000', 'net.ipv4.ip_unprivileged_port_start': '80' } },
  });
  await ok(['start', 'pod']);
  await startMember('one', 'pod', { args: ['sh', '-c', 'echo shared > /dev/shm/word; exec sleep 100000'] });
  // As CRI-O says it, and with the processes of the pod.
  await startMember('two', 'pod', { style: 'cri-o', joins: ['network', 'ipc', 'uts', 'pid'] });
  await startMember('alone', 'pod', { joins: ['network'] });

  const [pod, one, two, alone] = [
    await namespacesOf('pod'),
    await namespacesOf('one'),
    await namespacesOf('two'),
    await namespacesOf('alone'),
  ];
  for (const shared of ['net', 'ipc', 'uts']) {
    expect(one[shared]).toBe(pod[shared]);
    expect(two[shared]).toBe(pod[shared]);
  }
  expect(two.pid).toBe(pod.pid);
  expect(new Set([pod.pid, one.pid, alone.pid]).size).toBe(3);
  for (const own of ['mnt', 'cgroup']) {
    expect(new Set([pod[own], one[own], two[own], alone[own]]).size).toBe(4);
  }
  expect(alone.net).toBe(pod.net);
  expect([alone.ipc, alone.uts]).not.toContain(pod.ipc);

  await until(
    async () => (await bench.hako(['exec', 'two', 'cat', '/dev/shm/word'])).stdout === 'shared\n',
    'word',
  );
  expect((await bench.hako(['exec', 'alone', 'ls', '/dev/shm'])).stdout).toBe('');
  expect(await ok(['exec', 'one', 'hostname'])).toBe('the-pod\n');
  const sysctls = ['cat', '/proc/sys/kernel/msgmax', '/proc/sys/net/ipv4/ip_unprivileged_port_start'];
  expect(await ok(['exec', 'one', ...sysctls])).toBe('70000\n80\n');
  // A container with the pod's processes is not the first of them; one of its own is.
  expect(await ok(['exec', 'two', 'ps', '-o', 'pid,args'])).toMatch(/ 1 sleep 100000\n/);
  expect(await ok(['ps', 'one'])).toMatch(/ 1 +0 .*sleep 100000\n/);
});

test('members are containers like others: listed, measured, paused, and each deleted by itself', async () => {
  expect((await ok(['list', '--quiet'])).trim().split('\n')).toEqual(['alone', 'one', 'pod', 'two']);
  const event = JSON.parse(await ok(['events', '--stats', 'one']));
  expect(event).toMatchObject({ id: 'one', type: 'stats' });
  await ok(['pause', 'one']);
  expect([await statusOf('one'), await statusOf('two')]).toEqual(['paused', 'running']);
  await ok(['resume', 'one']);
  expect(await ok(['logs', 'two'])).toContain('container two is running');
  const taken = await addMember('one', 'pod');
  expect(taken).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('container with given ID already exists'),
  });
  expect(await statusOf('one')).toBe('running');

  // Not the first process of its pid namespace: SIGTERM ends it, as everywhere.
  await bench.detached(['exec', '--detach', 'two', 'sleep', '777']);
  await ok(['kill', 'two', 'TERM']);
  await until(async () => (await statusOf('two')) === 'stopped', 'two has stopped');
  expect(JSON.parse(readFileSync(join(bench.stateRoot, 'two/state.json'), 'utf8')).exitStatus).toBe(143);
  // And with it what else ran in the container, though the namespace of its processes lives on.
  await until(async () => !(await ok(['exec', 'pod', 'ps'])).includes('sleep 777'), 'nothing of two is left');
  await ok(['delete', 'two']);
  expect(readdirSync(join(bench.stateRoot, 'pod/share'))).not.toContain('two');
  await ok(['delete', '--force', 'alone']);
  expect(bench.leftovers().toSorted()).toEqual(['one', 'pod']);
});

test('a container comes again in the living pod and sees its own root, not the one before', async () => {
  const volume = join(bench.folder, 'volume');
  mkdirSync(volume);
  const mounts = [{ destination: '/v', type: 'bind', source: volume, options: ['rbind'] }];
  for (const round of ['first', 'second', 'third']) {
    writeFileSync(join(volume, 'round'), round);
    await startMember('again', 'pod', {
      mounts,
      args: ['sh', '-c', 'cp /v/round /v/seen; exec sleep 100000'],
    });
    await until(async () => readFileIfThere(join(volume, 'seen')) === round, round);
    await ok(['delete', '--force', 'again']);
    renameSync(volume, `${volume}-${round}`);
    mkdirSync(volume);
  }
  expect(await statusOf('one')).toBe('running');
});

test('volumes: a Secret is updated at once, an emptyDir in memory is the guest’s, a socket is refused', async () => {
  const pod = join(bench.folder, 'pod');
  const volumes = join(pod, 'volumes');
  const secret = join(volumes, 'kubernetes.io~secret/keys');
  const memory = join(volumes, 'kubernetes.io~empty-dir/cache');
  for (const folder of [secret, memory]) mkdirSync(folder, { recursive: true });
  // As kubelet writes a projected volume: a link to a folder is replaced, so that all files change at once.
  const project = (version: string): void => {
    mkdirSync(join(secret, `..${version}`));
    writeFileSync(join(secret, `..${version}/key`), version);
    symlinkSync(`..${version}`, join(secret, '..data_tmp'));
    renameSync(join(secret, '..data_tmp'), join(secret, '..data'));
  };
  symlinkSync('..data/key', join(secret, 'key'));
  project('v1');
  writeFileSync(join(volumes, 'termination-log'), '');
  await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=777', 'tmpfs', memory]);
  const part = join(pod, 'volume-subpaths/cache/reader/0');
  for (const folder of [join(memory, 'sub'), part]) mkdirSync(folder, { recursive: true });
  await runProgram('mount', ['--bind', join(memory, 'sub'), part]);
  try {
    const bindOf = (source: string, destination: string, ...options: string[]) => ({
      destination,
      type: 'bind',
      source,
      options: ['rbind', ...options],
    });
    const mounts = [
      bindOf(secret, '/keys', 'ro'),
      bindOf(memory, '/cache'),
      // What kubelet makes of a subPath.
      bindOf(join(secret, 'key'), '/one-key', 'ro'),
      bindOf(part, '/part-of-cache'),
      bindOf(join(volumes, 'termination-log'), '/dev/termination-log'),
    ];
    const script =
      'echo cached > /cache/file; echo part > /cache/sub/file; echo bye > /dev/termination-log; exec sleep 100000';
    await startMember('writer', 'pod', { mounts, args: ['sh', '-c', script] });
    await startMember('reader', 'pod', { mounts });
    const read = async (...args: string[]) => (await bench.hako(['exec', 'reader', ...args])).stdout;
    await until(async () => (await read('cat', '/cache/file')) === 'cached\n', 'the volume is shared');
    expect(await read('df', '-k', '/cache')).toMatch(/tmpfs +4096 /);
    expect(await read('cat', '/part-of-cache/file')).toBe('part\n');
    expect(readdirSync(memory, { recursive: true })).toEqual(['sub']);
    expect(await read('cat', '/keys/key', '/one-key')).toBe('v1v1');
    expect((await bench.hako(['exec', 'writer', 'touch', '/keys/x'])).stderr).toContain(
      'Read-only file system',
    );
    project('v2');
    await until(async () => (await read('cat', '/keys/key')) === 'v2', 'the new version is seen');
    // A subPath stays what it was, also without a virtual machine.
    expect(await read('cat', '/one-key')).toBe('v1');
    expect(readFileSync(join(volumes, 'termination-log'), 'utf8')).toBe('bye\n');
    // It outlives the containers that use it.
    await ok(['delete', '--force', 'writer']);
    await ok(['delete', '--force', 'reader']);
    await startMember('later', 'pod', { mounts });
    expect(await ok(['exec', 'later', 'cat', '/cache/file'])).toBe('cached\n');
  } finally {
    for (const target of [part, memory]) posixHost().unmountAll(target);
  }

  const server = createServer().listen(join(volumes, 'socket'));
  try {
    const refused = await addMember('dialer', 'pod', {
      mounts: [{ destination: '/s', type: 'bind', source: join(volumes, 'socket'), options: ['bind'] }],
    });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/socket for \/s is a socket: .*cannot reach it/);
  } finally {
    server.close();
  }
  expect(bench.leftovers()).not.toContain('dialer');
});

test('the end of the sandbox’s container is the end of the pod; members are deleted in any order', async () => {
  await ok(['kill', 'pod', 'KILL']);
  await until(async () => (await statusOf('one')) === 'stopped', 'the members have stopped');
  const late = await addMember('late', 'pod');
  expect(late).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('sandbox pod has ended') });
  await ok(['delete', 'pod']);
  expect(await statusOf('one')).toBe('stopped');
  await ok(['delete', 'one']);
  await ok(['delete', '--force', 'later']);
  expect(bench.leftovers()).toEqual([]);
  expect(posixHost().mountsBelow(bench.stateRoot)).toEqual([]);
  const none = await addMember('late', 'pod');
  expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('sandbox does not exist: pod') });
  expect(bench.leftovers()).toEqual([]);
});

test('a member that comes while the sandbox boots waits for it; a killed shim leaves nothing behind', async () => {
  const sandbox = createSandbox('early');
  await until(async () => existsSync(join(bench.stateRoot, 'early')), 'the sandbox is being made');
  const member = addMember('eager', 'early');
  await sandbox;
  expect((await member).exitCode).toBe(0);
  await ok(['start', 'eager']);
  expect([await statusOf('early'), await statusOf('eager')]).toEqual(['created', 'running']);

  process.kill(bench.pidOf('early', 'shim'), 'SIGKILL');
  await until(async () => (await statusOf('eager')) === 'stopped', 'its shim is gone');
  // A member takes along what it had of the host, and the sandbox's own state stays until it is deleted.
  await ok(['delete', 'eager']);
  expect(posixHost().mountsBelow(bench.stateRoot)).toEqual([]);
  expect(bench.leftovers()).toEqual(['early']);
  await ok(['delete', 'early']);
  expect(bench.leftovers()).toEqual([]);
});

function readFileIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
