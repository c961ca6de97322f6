import { readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

/** One machine for most cases: a container that `run --detach` left behind, every path of which was relative. */
let bench: Workbench;
let pid: string;
beforeAll(async () => {
  bench = new Workbench();
  const bundle = bench.bundle(['sleep', '1000']);
  expect(
    await bench.detached(
      [
        ...['--root', basename(bench.stateRoot), '--log', 'log'],
        ...['run', '--detach', '--no-pivot', '--no-new-keyring', '--no-subreaper', '--preserve-fds=0'],
        ...['--bundle', basename(bundle), '--pid-file', 'pid', 'box-1'],
      ],
      { cwd: bench.folder },
    ),
  ).toMatchObject({ exitCode: 0, stdout: '' });
  pid = readFileSync(join(bench.folder, 'pid'), 'utf8');
});
afterAll(() => bench.close());

const exec = (...args: readonly string[]) => bench.hako(['exec', ...args]);

test('run --detach leaves a running container and its stand-in', async () => {
  const { stdout } = await bench.hako(['state', 'box-1']);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'running', pid: Number(pid) });
});

test('exec: user, groups, capabilities, no_new_privs, and flags without meaning in a VM', async () => {
  const result = await exec(
    ...['--user', '7:8', '--additional-gids', '9', '--additional-gids', '10', '--cap', 'net_admin'],
    ...[
      '--no-new-privs',
      '--preserve-fds',
      '0',
      '--apparmor',
      'x',
      '--process-label',
      'y',
      '--ignore-paused',
      '--cgroup=/',
    ],
    ...['--env', 'A=1', '--cwd', '/tmp', 'box-1'],
    ...['sh', '-c', 'id -u; id -g; grep -E "Groups|CapBnd|NoNewPrivs" /proc/self/status; echo $A; pwd'],
  );
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  const [uid, gid, ...lines] = result.stdout.split('\n');
  expect([uid, gid]).toEqual(['7', '8']);
  expect(lines.join('\n')).toMatch(/^Groups:\s*(8 )?9 10\s*$/m);
  expect(lines.join('\n')).toMatch(/^NoNewPrivs:\s*1$/m);
  const bounding = BigInt(`0x${/CapBnd:\s*([0-9a-f]+)/.exec(result.stdout)?.[1]}`);
  expect((bounding >> 12n) & 1n, 'CAP_NET_ADMIN').toBe(1n);
  expect(lines.slice(3)).toEqual(['1', '/tmp', '']);
});

test.each([
  [['--user', 'root'], '"root"'],
  [['--additional-gids', 'wheel'], '"wheel"'],
  [['--cap', 'net admin'], '"net admin"'],
  [['--cap', 'NO_SUCH'], '"NO_SUCH"'],
  [['--env', 'A'], '"A" must be KEY=VALUE'],
  [['--cgroup', 'memory:/below'], '--cgroup "memory:/below" must be /'],
  [['--console', '/dev/null'], '--console is for --detach'],
])('exec %j is refused by name', async (flags, said) => {
  expect(await exec(...flags, 'box-1', 'true')).toMatchObject({
    exitCode: 255,
    stderr: expect.stringContaining(said),
  });
});

test('list, in its forms', async () => {
  const { stdout: wide } = await bench.hako(['list', '--kata-all']);
  expect(wide).toMatch(/^ID .* HYPERVISOR\s+KERNEL\s+IMAGE\nbox-1 .*qemu.*vmlinux.*\.img\n$/);
  const { stdout: json } = await bench.hako(['list', '-f', 'json']);
  expect(JSON.parse(json)).toMatchObject([{ id: 'box-1', status: 'running' }]);
  expect((await bench.hako(['list', '-q'])).stdout).toBe('box-1\n');
});

test('features are the specification’s', async () => {
  const features = JSON.parse((await bench.hako(['features'])).stdout);
  expect(features).toMatchObject({
    ociVersionMin: '1.0.0',
    linux: { cgroup: { v2: true }, seccomp: { enabled: true }, capabilities: expect.any(Array) },
    potentiallyUnsafeConfigAnnotations: ['io.katacontainers.'],
  });
});

test('env and image tell what would be started', async () => {
  const env = JSON.parse((await bench.hako(['env', '--json'])).stdout);
  expect(env).toMatchObject({
    Hypervisor: { Version: expect.stringContaining('QEMU') },
    Kernel: { Path: expect.stringContaining('vmlinux') },
    Host: { VMContainerCapable: true },
  });
  expect((await bench.hako(['kata-env'])).stdout).toMatch(/^\[Meta\]\n/);
  expect((await bench.hako(['image'])).stdout).toMatch(/made of Linux .*\n(.*\n)*.*crun /);
  expect(await bench.hako(['image', 'check'])).toMatchObject({ exitCode: 0 });
  expect((await bench.hako(['--kata-show-default-config-paths'])).stdout).toMatch(
    /^\/etc\/hako\/configuration\.toml$/m,
  );
});

test('what a sandbox costs beyond its containers', async () => {
  const result = await bench.hako(['kata-overhead', 'box-1']);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  const { id, memory, overhead } = JSON.parse(result.stdout);
  expect(id).toBe('box-1');
  expect(overhead.memory).toBeGreaterThan(0);
  expect(overhead.memory).toBeLessThan(memory);
});

test('checkpoint and restore are refused in a sentence', async () => {
  const result = await bench.hako(['checkpoint', '--image-path', '/x', '--leave-running', 'box-1']);
  expect(result).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^hako: checkpoint is not supported: /),
  });
  expect(await bench.hako(['kata-network', 'list-ifaces', 'box-1'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^hako: kata-network is not supported: .*network namespace/),
  });
});

test('kill and delete by regular expression; delete of several', async () => {
  expect(await bench.hako(['kill', '--regex', '^box-', 'KILL'])).toMatchObject({ exitCode: 0, stderr: '' });
  await until(
    async () => (await bench.hako(['state', 'box-1'])).stdout.includes('stopped'),
    'box-1 has stopped',
  );
  expect(await bench.hako(['delete', '--force', 'box-1', 'unknown'])).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  expect(bench.leftovers()).toEqual([]);
});

test('run --keep, with a config.json elsewhere, leaves a stopped container; start of several stops at the first failure', async () => {
  const bundle = bench.bundle(['sh', '-c', 'exit 4']);
  const config = join(bundle, 'other.json');
  renameSync(join(bundle, 'config.json'), config);
  const run = ['run', '--keep', '--bundle', bundle];
  expect(await bench.hako([...run, 'kept'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('config.json does not exist'),
  });
  expect(await bench.hako([...run, '--config', config, 'kept'])).toMatchObject({ exitCode: 4 });
  expect(JSON.parse((await bench.hako(['state', 'kept'])).stdout)).toMatchObject({
    status: 'stopped',
    pid: 0,
  });
  expect(await bench.hako(['start', 'kept', 'unknown'])).toMatchObject({
    exitCode: 1,
    stderr: 'hako: cannot start a container that has stopped\n',
  });
  expect(await bench.hako(['delete', 'kept'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bench.leftovers()).toEqual([]);
});
