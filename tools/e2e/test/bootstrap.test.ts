import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { waitFor } from '@hako/cri/wait-for';
import { posixHost } from '@hako/sandbox/state';
import { EXEC_PROCESS_TYPE } from '@hako/shim';
import {
  BootstrapParams,
  BootstrapResult,
  DeleteResponse,
  type Envelope,
  EventsService,
  packAny,
  RuntimeOptions,
  TaskServiceV3,
  TaskStatus,
} from '@hako/task-protocol';
import { TtrpcClient, TtrpcServer } from '@hako/ttrpc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configurationPath, shimPath } from '../src/paths.ts';
import { runProgram } from '../src/run-program.ts';
import { ShimLogReader } from '../src/shim-log-reader.ts';
import { Workbench } from '../src/workbench.ts';

// The part of a containerd of version 2.3 is played here, which no package of this system has: parameters and answer of
// `start` as protobuf, the task API's version 3, and events.
const namespace = `hako-e2e-v3-${process.pid}`;
const id = 'task';
const stateFolder = join('/run/hako/.containerd', namespace);
let bench: Workbench;
let bundle: string;
let log: ShimLogReader;
const envelopes: Envelope[] = [];
const rpc = new TtrpcServer().register(EventsService, {
  forward: ({ envelope }) => {
    if (envelope !== undefined) envelopes.push(envelope);
  },
});
const events = createServer((socket) => rpc.serve(socket));

beforeAll(async () => {
  bench = new Workbench();
  bundle = bench.bundle(['sh', '-c', 'read line; echo "got $line"; exec sleep 1000'], {
    rootfs: 'rootfs',
    readonlyRootfs: false,
  });
  execFileSync('mkdir', [join(bundle, 'rootfs')]);
  execFileSync('mkfifo', [join(bundle, 'log'), join(bundle, 'stdin')]);
  log = new ShimLogReader(join(bundle, 'log'));
  await new Promise<void>((resolve) => {
    events.listen(join(bench.folder, 'events'), resolve);
  });
});
afterAll(async () => {
  await call('delete', new Uint8Array());
  log.close();
  events.close();
  await rpc.shutdown();
  rmdirSync(stateFolder);
  await bench.close();
});

/** As containerd calls a shim: flags and environment are as before, what is new comes by stdin. */
async function call(action: 'start' | 'delete', stdin: Uint8Array) {
  const input = join(bench.folder, 'input');
  writeFileSync(input, stdin);
  const words = ['-namespace', namespace, '-id', id, '-address', '/no/c.sock', '-bundle', bundle];
  // In hexadecimal, as the answer is no text.
  const script = `"$0" "$@" <${input} | od -An -tx1 -v`;
  const result = await runProgram('sh', ['-c', script, shimPath, ...words, action], {
    cwd: bundle,
    env: { ...process.env, MAX_SHIM_VERSION: '3', TTRPC_ADDRESS: '/not/this/one' },
  });
  return { ...result, answer: Buffer.from(result.stdout.replaceAll(/\s/g, ''), 'hex') };
}

test('a task of containerd 2.3: parameters on stdin, version 3 of the task API, events, all its life', async () => {
  const socketDir = join(bench.folder, 's');
  const params = BootstrapParams.encode({
    instanceId: id,
    namespace,
    containerdVersion: 'v2.3.4',
    containerdTtrpcAddress: join(bench.folder, 'events'),
    containerdGrpcAddress: '/no/c.sock',
    socketDir,
    extensions: [{ value: packAny(RuntimeOptions, { configPath: configurationPath }) }],
  });
  const { answer, exitCode, stderr } = await call('start', params);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const { version, protocol, address } = BootstrapResult.decode(answer);
  expect([version, protocol, dirname(address)]).toEqual([3, 'ttrpc', `unix://${socketDir}`]);
  const socket = address.replace(/^unix:\/\//, '');

  const client = new TtrpcClient(connect(socket));
  const task = client.service(TaskServiceV3);
  const output = join(bench.folder, 'output');
  const options = packAny(RuntimeOptions, { configPath: configurationPath });
  const rootfs = [{ type: 'bind', source: bench.rootfs, options: ['rbind', 'ro'] }];
  const stdin = join(bundle, 'stdin');
  const { pid } = await task.create({ id, bundle, rootfs, options, stdin, stdout: `file://${output}` });
  expect(await task.connect({ id })).toMatchObject({ taskPid: pid });
  expect(await task.start({ id })).toEqual({ pid });
  writeFileSync(stdin, 'a line\n');
  await task.closeIO({ id, stdin: true });
  await waitFor(async () => readFileSync(output, 'utf8') === 'got a line\n' || undefined, 'it answers');

  const process = { user: { uid: 0, gid: 0 }, args: ['sh', '-c', 'exit 7'], cwd: '/', env: ['PATH=/bin'] };
  const spec = { typeUrl: EXEC_PROCESS_TYPE, value: Buffer.from(JSON.stringify(process)) };
  await task.exec({ id, execId: 'e1', spec });
  await task.start({ id, execId: 'e1' });
  expect(await task.wait({ id, execId: 'e1' })).toMatchObject({ exitStatus: 7 });
  await task.delete({ id, execId: 'e1' });
  await task.pause({ id });
  expect((await task.state({ id })).status).toBe(TaskStatus.PAUSED);
  await task.resume({ id });
  // Nobody asked for more than what went wrong, and nothing did.
  expect(log.read()).toBe('');
  await expect(task.checkpoint({ id })).rejects.toMatchObject({
    code: 'unimplemented',
    message: expect.stringContaining('checkpointing a container is not supported'),
  });
  await task.kill({ id, signal: 9, all: true });
  expect(await task.wait({ id })).toMatchObject({ exitStatus: 137 });
  expect(await task.delete({ id })).toMatchObject({ pid, exitStatus: 137 });
  await task.shutdown({ id });
  await client.closed;

  expect(envelopes.map(({ topic }) => topic)).toEqual(
    ['create', 'start', 'exec-added', 'exec-started', 'exit', 'paused', 'resumed', 'exit', 'delete'].map(
      (word) => `/tasks/${word}`,
    ),
  );
  expect(new Set(envelopes.map((envelope) => envelope.namespace))).toEqual(new Set([namespace]));
  // It is called after a shutdown in order, too.
  const deleted = await call('delete', new Uint8Array());
  expect(DeleteResponse.decode(deleted.answer).exitStatus).toBe(137);
  expect([existsSync(socket), existsSync(join(stateFolder, id))]).toEqual([false, false]);
  expect(posixHost().mountsBelow(bundle)).toEqual([]);
});
