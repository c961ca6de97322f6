import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../src/is-running.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

async function stateOf(id: string): Promise<{ status: string; pid: number }> {
  const { stdout } = await bench.hako(['state', id]);
  return JSON.parse(stdout);
}

test('create, start, exec, kill and delete, with the states of the specification', async () => {
  const bundle = bench.bundle(['sh', '-c', 'trap "exit 3" TERM; echo started; while :; do sleep 0.1; done'], {
    annotations: { 'org.example.note': 'kept' },
  });
  const pidFile = join(bench.folder, 'pid');

  expect(await bench.create(['--bundle', bundle, '--pid-file', pidFile, 'web'])).toMatchObject({
    exitCode: 0,
  });
  const pid = readFileSync(pidFile, 'utf8');
  expect(pid).toMatch(/^[0-9]+$/);
  expect(await stateOf('web')).toMatchObject({
    ociVersion: expect.stringMatching(/^1\./),
    id: 'web',
    status: 'created',
    pid: Number(pid),
    bundle,
    annotations: { 'org.example.note': 'kept' },
  });
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  // Legal in `running` only.
  expect(await bench.hako(['exec', 'web', 'true'])).toMatchObject({ exitCode: 255 });

  expect(await bench.hako(['start', 'web'])).toMatchObject({ exitCode: 0 });
  expect((await stateOf('web')).status).toBe('running');
  const again = await bench.hako(['start', 'web']);
  expect(again).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('cannot start an already running container'),
  });
  const taken = await bench.create(['--bundle', bundle, 'web']);
  expect(taken).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('container with given ID already exists'),
  });

  const exec = await bench.hako(
    [
      'exec',
      '--env',
      'A=1',
      '--cwd',
      '/tmp',
      '--user',
      '7:8',
      'web',
      'sh',
      '-c',
      'echo $A $(pwd) $(id -u) $(id -g); cat; exit 9',
    ],
    { input: 'piped' },
  );
  expect(exec).toMatchObject({ exitCode: 9, stdout: '1 /tmp 7 8\npiped', stderr: '' });
  const missing = await bench.hako(['exec', 'web', 'no-such-program']);
  expect(missing).toMatchObject({ exitCode: 255, stderr: expect.stringContaining('no-such-program') });

  const { stdout: table } = await bench.hako(['list']);
  expect(table).toMatch(/^ID\s+PID\s+STATUS/);
  expect(table).toMatch(/web\s+[0-9]+\s+running/);
  expect(JSON.parse((await bench.hako(['list', '--format', 'json'])).stdout)).toHaveLength(1);

  const early = await bench.hako(['delete', 'web']);
  expect(early).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not stopped: running') });

  expect(await bench.hako(['kill', 'web', 'SIGTERM'])).toMatchObject({ exitCode: 0 });
  await until(async () => (await stateOf('web')).status === 'stopped', 'web has stopped');
  expect(await bench.hako(['kill', 'web', '9'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('container not running'),
  });
  expect(await bench.hako(['exec', 'web', 'true'])).toMatchObject({
    exitCode: 255,
    stderr: expect.stringContaining('stopped container'),
  });
  expect(await bench.hako(['delete', 'web'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await bench.hako(['state', 'web'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('container does not exist'),
  });
  expect(bench.leftovers()).toEqual([]);
  await until(() => !isRunning(Number(pid)), 'the stand-in has ended');
});

test('the stand-in takes the process’s exit status, and the streams are the caller’s', async () => {
  const bundle = bench.bundle(['sh', '-c', 'read line; echo "got $line"; exit 5']);
  // Every writer of the pipe must be gone before cat ends: the stand-in among them.
  const script = `
    echo hello | "$HAKO" --root "$ROOT" create --bundle "$BUNDLE" kept | cat > output &
    until "$HAKO" --root "$ROOT" start kept 2>/dev/null; do sleep 0.05; done
    wait`;
  await bench.shell(script, { BUNDLE: bundle });
  await until(async () => (await stateOf('kept')).status === 'stopped', 'kept has stopped');
  expect(readFileSync(join(bench.folder, 'output'), 'utf8')).toBe('got hello\n');
  expect(await bench.hako(['delete', 'kept'])).toMatchObject({ exitCode: 0 });
});

test('delete --force ends a running container, and takes an unknown id as done', async () => {
  const bundle = bench.bundle(['sleep', '1000']);
  await bench.create(['--bundle', bundle, 'forced']);
  await bench.hako(['start', 'forced']);
  expect(await bench.hako(['delete', '--force', 'forced'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await bench.hako(['delete', '--force', 'forced'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await bench.hako(['delete', 'forced'])).toMatchObject({ exitCode: 1 });
});

test('a created container that was never started can be deleted', async () => {
  const bundle = bench.bundle(['true']);
  await bench.create(['--bundle', bundle, 'unborn']);
  expect(await bench.hako(['delete', 'unborn'])).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a detached exec has a stand-in of its own', async () => {
  const bundle = bench.bundle(['sleep', '1000'], { readonlyRootfs: false });
  await bench.create(['--bundle', bundle, 'host']);
  await bench.hako(['start', 'host']);
  const pidFile = join(bench.folder, 'exec-pid');
  const detached = await bench.detached([
    'exec',
    '--detach',
    '--pid-file',
    pidFile,
    'host',
    'sh',
    '-c',
    'echo x > /tmp/made',
  ]);
  expect(detached).toMatchObject({ exitCode: 0 });
  const pid = readFileSync(pidFile, 'utf8');
  await until(() => !isRunning(Number(pid)), 'the stand-in of the exec has ended');
  expect(await bench.hako(['exec', 'host', 'cat', '/tmp/made'])).toMatchObject({
    stdout: 'x\n',
    exitCode: 0,
  });
  expect(await bench.hako(['delete', '--force', 'host'])).toMatchObject({ exitCode: 0 });
});

test('SIGTERM to a foreground run reaches the process', async () => {
  const bundle = bench.bundle(['sh', '-c', 'trap "exit 6" TERM; echo ready; while :; do sleep 0.1; done']);
  const result = await bench.hako(['run', '--bundle', bundle, 'fg'], {
    onStart: (child) => {
      child.stdout?.once('data', () => child.kill('SIGTERM'));
    },
  });
  expect(result).toMatchObject({ exitCode: 6, stdout: 'ready\n' });
});
