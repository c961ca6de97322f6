import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { waitFor } from '@hako/cri/wait-for';
import { posixHost } from '@hako/sandbox/state';
import { connectTask, type TaskConnection } from '@hako/shim/client';
import { DeleteResponse, packAny, RuntimeInfo, RuntimeOptions } from '@hako/task-protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shimPath } from '../src/paths.ts';
import { runProgram } from '../src/run-program.ts';
import { ShimLogReader } from '../src/shim-log-reader.ts';
import { Workbench } from '../src/workbench.ts';

// The part of containerd is played here: what no containerd of this system asks for, and what none should.
const namespace = `hako-e2e-shim-${process.pid}`;
const id = 'task';
const stateFolder = join('/run/hako/.containerd', namespace);
let bench: Workbench;
let bundle: string;
let socketPath: string;
let log: ShimLogReader;
let shim: TaskConnection;

function call(action: 'start' | 'delete') {
  const words = ['-namespace', namespace, '-id', id, '-address', '/no/containerd.sock', '-bundle', bundle];
  return runProgram(shimPath, [...words, '-debug', action], {
    cwd: bundle,
    // Nobody is there: events are lost, and nothing else is.
    // And it is one of those that understand the task API's version 3.
    env: { ...process.env, TTRPC_ADDRESS: '/no/containerd.sock.ttrpc', MAX_SHIM_VERSION: '3' },
  });
}

beforeAll(async () => {
  bench = new Workbench();
  bundle = bench.bundle(['cat', '/proc/mounts'], { rootfs: 'rootfs', readonlyRootfs: false });
  execFileSync('mkdir', [join(bundle, 'rootfs')]);
  execFileSync('mkfifo', [join(bundle, 'log')]);
  log = new ShimLogReader(join(bundle, 'log'));
  const { exitCode, stdout, stderr } = await call('start');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const answer = JSON.parse(stdout) as { readonly address: string };
  expect(answer).toEqual({ version: 3, protocol: 'ttrpc', address: expect.stringMatching(/^unix:\/\//) });
  socketPath = answer.address.replace(/^unix:\/\//, '');
  shim = await connectTask(socketPath);
});
afterAll(async () => {
  shim.close();
  log.close();
  await call('delete');
  rmdirSync(stateFolder);
  await bench.close();
});

test('only root may connect, and the address is where containerd looks for it after a restart', () => {
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(socketPath)).mode & 0o022).toBe(0);
  expect(readFileSync(join(bundle, 'address'), 'utf8')).toBe(`unix://${socketPath}`);
});

test('it says who it is', async () => {
  expect((await runProgram(shimPath, ['-v'])).stdout).toMatch(
    /^containerd-shim-hako-v2:\n {2}Version: {2}\S+\n$/,
  );
  const { stdout } = await runProgram('sh', ['-c', `"$0" -info </dev/null | od -An -tx1 -v`, shimPath]);
  const info = RuntimeInfo.decode(Buffer.from(stdout.replaceAll(/\s/g, ''), 'hex'));
  expect(info.name).toBe('io.containerd.hako.v2');
  expect(JSON.parse(new TextDecoder().decode(info.features?.value))).toHaveProperty('ociVersionMax');
});

test('an id that is in use is not taken twice', async () => {
  const second = await call('start');
  expect(second).toMatchObject({ exitCode: 1, stdout: '' });
  expect(second.stderr).toContain('container with given ID already exists');
});

test('a thousand connections and a frame that is too large do not keep it from answering', async () => {
  const sockets = await Promise.all(Array.from({ length: 1000 }, () => opened(socketPath)));
  const late = await connectTask(socketPath).catch(() => undefined);
  late?.close();
  expect((await shim.task.connect({ id })).shimPid).toBeGreaterThan(1);
  for (const socket of sockets) socket.destroy();

  const socket = await opened(socketPath);
  const header = Buffer.alloc(10);
  header.writeUInt32BE(5 << 20, 0);
  header.writeUInt32BE(1, 4);
  header.writeUInt8(1, 8);
  const answer = new Promise<Buffer>((resolve) => socket.once('data', resolve));
  socket.write(header);
  socket.write(Buffer.alloc(5 << 20));
  expect((await answer).toString('latin1')).toContain('is over the limit');
  socket.destroy();
});

test('a root file system that cannot be mounted, or options of somebody else, leave nothing and end nothing', async () => {
  const rootfs = [{ type: 'ext4', source: '/dev/null', options: [] }];
  await expect(shim.task.create({ id, bundle, rootfs })).rejects.toThrow(
    /cannot mount the root file system \(ext4 of \/dev\/null\)/,
  );
  const options = { typeUrl: 'io.containerd.runsc.v1.options', value: new Uint8Array() };
  await expect(shim.task.create({ id, bundle, options })).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(shim.task.create({ id, bundle, stdout: 'https://x' })).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  expect(posixHost().mountsBelow(bundle)).toEqual([]);
  await expect(shim.task.state({ id })).rejects.toMatchObject({ code: 'not-found' });
});

test('an image of a block device is shared where no disk may be; a task without a reader of its output ends all the same', async () => {
  const image = join(bench.folder, 'rootfs.ext4');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', bench.rootfs, image, '32m']);
  const output = join(bench.folder, 'mounts');
  // Nobody will ever open it.
  const stderr = join(bundle, 'stderr');
  execFileSync('mkfifo', [stderr]);
  const rootfs = [{ type: 'ext4', source: image, options: ['loop', 'ro'] }];
  const configPath = bench.configuration((text) => withLine(text, 'disable_block_device_use = true'));
  const options = packAny(RuntimeOptions, { configPath });
  const { pid } = await shim.task.create({ id, bundle, rootfs, stdout: `file://${output}`, stderr, options });
  expect(readFileSync(join(bundle, 'init.pid'), 'utf8')).toBe(String(pid));
  await shim.task.start({ id });
  expect(await shim.task.wait({ id })).toMatchObject({ exitStatus: 0 });
  expect(readFileSync(output, 'utf8')).toMatch(/ \/ virtiofs /);
  // As it was started with -debug.
  expect(log.read()).toMatch(/ level=info msg="machine runs as pid \d+, accelerator (?:tcg|kvm)"\n/);
  await shim.task.delete({ id });
  expect(posixHost().mountsBelow(bundle)).toEqual([]);
});

test('delete sweeps what is left, again and again', async () => {
  for (const _time of [1, 2]) {
    const deleted = await runProgram('sh', [
      '-c',
      `"$0" "$@" | od -An -tx1 -v`,
      shimPath,
      '-namespace',
      namespace,
      '-id',
      id,
      '-address',
      '/no/containerd.sock',
      '-bundle',
      bundle,
      'delete',
    ]);
    expect(deleted).toMatchObject({ exitCode: 0, stderr: '' });
    const bytes = Buffer.from(deleted.stdout.replaceAll(/\s/g, ''), 'hex');
    expect(DeleteResponse.decode(bytes).exitedAt).toBeDefined();
  }
  expect(existsSync(socketPath)).toBe(false);
  expect(existsSync(join(stateFolder, id))).toBe(false);
});

/** The kernel answers EAGAIN while the queue of those that were not accepted yet is full. */
const opened = (path: string): Promise<Socket> => waitFor(() => connected(path), 'the shim accepts');

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAGAIN') resolve(undefined);
      else reject(error);
    });
    socket.once('connect', () => {
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}
