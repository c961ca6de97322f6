import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

const env = ['PATH=/usr/bin:/bin'];
const onHost = (script: string) => ({ path: '/bin/sh', args: ['sh', '-c', script], env });
const log = (kind: string) => onHost(`echo ${kind} $(cat) >> log`);

/** Lines of the bundle's log: kind of hook and the state it got. */
function logged(bundle: string): readonly (readonly [string, Record<string, unknown>])[] {
  if (!existsSync(join(bundle, 'log'))) return [];
  return readFileSync(join(bundle, 'log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => [line.split(' ')[0] ?? '', JSON.parse(line.slice(line.indexOf(' ')))] as const);
}

test('all six kinds: at their moments, on the host and in the guest, with the state', async () => {
  const bundle = bench.bundle(['sh', '-c', 'cat /tmp/start-container; sleep 1000'], {
    readonlyRootfs: false,
    annotations: { 'org.example.note': 'kept' },
    extra: {
      hooks: {
        prestart: [log('prestart')],
        createRuntime: [log('createRuntime')],
        // In the container's namespaces, before its root is entered: the program is the guest's.
        createContainer: [
          {
            path: '/bin/busybox',
            args: [
              'sh',
              '-c',
              'cat > /run/kata-containers/shared/containers/six~rootfs/tmp/create-container',
            ],
          },
        ],
        // In the container.
        startContainer: [{ path: '/bin/sh', args: ['sh', '-c', 'hostname > /tmp/start-container'], env }],
        poststart: [log('poststart')],
        poststop: [log('poststop'), onHost('exit 1'), log('last')],
      },
    },
  });
  expect(await bench.create(['--bundle', bundle, 'six'])).toMatchObject({ exitCode: 0 });
  const { pid } = JSON.parse((await bench.hako(['state', 'six'])).stdout);
  const state = { ociVersion: '1.3.0', id: 'six', bundle, annotations: { 'org.example.note': 'kept' } };
  const created = [
    ['prestart', { ...state, status: 'creating', pid }],
    ['createRuntime', { ...state, status: 'creating', pid }],
  ];
  expect(logged(bundle)).toEqual(created);
  expect(JSON.parse(readFileSync(join(bench.rootfs, 'tmp/create-container'), 'utf8'))).toMatchObject({
    id: 'six',
  });
  expect(existsSync(join(bench.rootfs, 'tmp/start-container'))).toBe(false);

  expect(await bench.hako(['start', 'six'])).toMatchObject({ exitCode: 0 });
  const started = [...created, ['poststart', { ...state, status: 'running', pid }]];
  expect(logged(bundle)).toEqual(started);
  expect(readFileSync(join(bench.rootfs, 'tmp/start-container'), 'utf8')).toBe('hako\n');

  // One that fails keeps neither the others nor the deletion from going on.
  expect(await bench.hako(['delete', '--force', 'six'])).toMatchObject({ exitCode: 0 });
  expect(logged(bundle)).toEqual([
    ...started,
    ['poststop', { ...state, status: 'stopped' }],
    ['last', { ...state, status: 'stopped' }],
  ]);
  expect(bench.leftovers()).toEqual([]);
});

test.each(['prestart', 'createRuntime'])(
  'a %s hook that fails keeps the container from being made; poststop runs',
  async (kind) => {
    const hooks = { [kind]: [onHost('echo no luck >&2; exit 3')], poststop: [log('poststop')] };
    const bundle = bench.bundle(['true'], { extra: { hooks } });
    expect(await bench.hako(['run', '--bundle', bundle, 'unmade'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(new RegExp(`hook ${kind}\\[0\\] /bin/sh failed with status 3: no luck`)),
    });
    expect(logged(bundle).map(([name]) => name)).toEqual(['poststop']);
    expect(bench.leftovers()).toEqual([]);
  },
);

test('a hook of the guest that fails keeps the container from being made, or started', async () => {
  const missing = bench.bundle(['true'], {
    extra: { hooks: { createContainer: [{ path: '/no/such/hook' }] } },
  });
  expect(await bench.hako(['run', '--bundle', missing, 'g1'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/create failed: .*hook `\/no\/such\/hook`/),
  });
  // The shim, which runs it, is killed in the midst of deleting: then the command does the rest, from outside.
  const poststop = [log('poststop'), onHost('kill -9 $PPID')];
  const hooks = { startContainer: [{ path: '/bin/false' }], poststop };
  const failing = bench.bundle(['sleep', '1000'], { extra: { hooks } });
  expect(await bench.create(['--bundle', failing, 'g2'])).toMatchObject({ exitCode: 0 });
  expect(await bench.hako(['start', 'g2'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('startContainer hook failed'),
  });
  await until(async () => (await bench.hako(['state', 'g2'])).stdout.includes('"stopped"'), 'g2 has stopped');
  expect(await bench.hako(['delete', 'g2'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bench.leftovers()).toEqual([]);
  expect(logged(failing).map(([name]) => name)).toEqual(['poststop']);
});

test('a poststart hook that takes too long stops the container', async () => {
  const hooks = { poststart: [{ ...onHost('sleep 1000'), timeout: 1 }] };
  const bundle = bench.bundle(['sleep', '1000'], { extra: { hooks } });
  expect(await bench.hako(['run', '--bundle', bundle, 'late'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('hook poststart[0] /bin/sh was not done within 1 s'),
  });
  expect(bench.leftovers()).toEqual([]);
});

test('poststop runs after a shim that was killed, once', async () => {
  const bundle = bench.bundle(['sleep', '1000'], { extra: { hooks: { poststop: [log('poststop')] } } });
  await bench.create(['--bundle', bundle, 'orphan']);
  process.kill(bench.pidOf('orphan', 'shim'), 'SIGKILL');
  await until(
    async () => (await bench.hako(['state', 'orphan'])).stdout.includes('"stopped"'),
    'the end is seen',
  );
  expect(await bench.hako(['delete', '--force', 'orphan'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(logged(bundle).map(([name]) => name)).toEqual(['poststop']);
});

test('a timeout that is not above 0 is refused by name', async () => {
  const hooks = { poststop: [{ path: '/bin/true', timeout: 0 }] };
  expect(
    await bench.hako(['run', '--bundle', bench.bundle(['true'], { extra: { hooks } }), 'x']),
  ).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('hooks.poststop[0].timeout'),
  });
});
