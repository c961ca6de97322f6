import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProgramResult } from '../src/run-program.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

/** One machine for all cases: a container that sleeps, with a child. */
let bench: Workbench;
beforeAll(async () => {
  bench = new Workbench();
  const bundle = bench.bundle(['sh', '-c', 'sleep 1001 & exec sleep 1000']);
  expect(await bench.create(['--bundle', bundle, 'box'])).toMatchObject({ exitCode: 0 });
  expect(await bench.hako(['start', 'box'])).toMatchObject({ exitCode: 0 });
  await until(async () => {
    const { stdout } = await bench.hako(['ps', 'box', '-o', 'args']);
    return stdout === 'COMMAND\nsleep 1000\nsleep 1001\n';
  }, 'the shell has made way');
});
afterAll(() => bench.close());

const status = async (): Promise<string> => JSON.parse((await bench.hako(['state', 'box'])).stdout).status;

test('ps: what runs in the container, and the host pid that stands for it', async () => {
  const { stdout: table } = await bench.hako(['ps', 'box']);
  expect(table).toMatch(/^UID\s+PID\s+PPID\s+STIME\s+TTY\s+TIME\s+CMD\n0\s+1\s+0\s.*\ssleep 1000\n/);
  expect(table).toMatch(/\n0\s+2\s+1\s.*\ssleep 1001\n/);
  const { stdout: columns } = await bench.hako(['ps', 'box', '-e', '-o', 'pid,args']);
  expect(columns).toBe('PID  COMMAND\n1    sleep 1000\n2    sleep 1001\n');
  const { stdout: json } = await bench.hako(['ps', '--format', 'json', 'box']);
  const { pid } = JSON.parse((await bench.hako(['state', 'box'])).stdout);
  expect(JSON.parse(json)).toEqual([pid]);
  expect(await bench.hako(['ps', 'box', '--forest'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('--forest'),
  });
});

test('pause and resume: the processes stand still, and wrong-state calls say so', async () => {
  expect(await bench.hako(['resume', 'box'])).toMatchObject({
    exitCode: 1,
    stderr: 'hako: container not paused\n',
  });
  expect(await bench.hako(['pause', 'box'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await status()).toBe('paused');
  expect((await bench.hako(['ps', 'box', '-o', 'pid,stat'])).stdout).toMatch(/^1\s/m);
  expect(await bench.hako(['pause', 'box'])).toMatchObject({
    exitCode: 1,
    stderr: 'hako: container already paused\n',
  });
  expect(await bench.hako(['exec', 'box', 'true'])).toMatchObject({
    exitCode: 255,
    stderr: 'hako: cannot exec in a paused container\n',
  });
  expect(await bench.hako(['start', 'box'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('already running'),
  });
  expect(await bench.hako(['delete', 'box'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('not stopped: paused'),
  });
  expect(await bench.hako(['resume', 'box'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await status()).toBe('running');
  expect(await bench.hako(['kill', 'box', '0'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await bench.hako(['exec', 'box', 'true'])).toMatchObject({ exitCode: 0 });
});

test('update: limits are seen in the guest’s cgroup, by options, by file and by stdin', async () => {
  const cgroup = async () => {
    const { stdout } = await bench.hako(['events', '--stats', 'box']);
    const { data } = JSON.parse(stdout);
    return { memory: data.memory.usage.limit, pids: data.pids.limit };
  };
  expect(await bench.hako(['update', '--memory', '64m', '--pids-limit', '55', 'box'])).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  expect(await cgroup()).toEqual({ memory: 64 << 20, pids: 55 });

  const file = join(bench.folder, 'resources.json');
  writeFileSync(file, '{"memory":{"limit":41943040},"cpu":{"quota":50000,"period":100000}}');
  expect(await bench.hako(['update', `--resources=${file}`, 'box'])).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  expect(await cgroup()).toEqual({ memory: 40 << 20, pids: 55 });
  expect(
    await bench.hako(['update', '--resources', '-', 'box'], { input: '{"pids":{"limit":66}}' }),
  ).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await cgroup()).toEqual({ memory: 40 << 20, pids: 66 });
});

test.each([
  [['--resources', '/no/such/file'], /no\/such\/file/],
  [['--resources', '/dev/zero'], /must not be longer than 1048576 bytes/],
  [['--memory', 'much'], /--memory "much"/],
  [['--cpu-quota', '1.5'], /--cpu-quota "1\.5"/],
  [[], /nothing to change/],
])('update %j is refused by name', async (options, said) => {
  const result = await bench.hako(['update', ...options, 'box']);
  expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(said) });
});

test('update with bad JSON names each bad member', async () => {
  const malformed = await bench.hako(['update', '--resources', '-', 'box'], { input: '{"memory":' });
  expect(malformed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('stdin:1:') });
  const wrong = await bench.hako(['update', '--resources', '-', 'box'], {
    input: '{"memory":{"limit":"x"},"pids":3}',
  });
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain('memory.limit');
  expect(wrong.stderr).toContain('pids');
});

test('events: the container’s figures in runc’s shape, and beside them what the sandbox costs', async () => {
  const { stdout, exitCode } = await bench.hako(['stats', 'box']);
  expect(exitCode).toBe(0);
  const event = JSON.parse(stdout);
  expect(event).toMatchObject({ type: 'stats', id: 'box', data: { pids: { current: 2 } } });
  expect(event.data.cpu.usage.total).toBeGreaterThan(0);
  expect(event.data.memory.usage.usage).toBeGreaterThan(4096);
  const roles = event.sandbox.processes.map(({ role }: { role: string }) => role.replace(/-.*/, ''));
  expect(roles.sort()).toEqual(['qemu', 'shim', 'virtiofsd']);
  expect(event.sandbox.overhead.memory).toBeGreaterThan(32 << 20);
  expect(await bench.hako(['events', '--interval', '0s', 'box'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('--interval "0s"'),
  });
});

test('events at intervals: memory that ran out is told, and the end of the container ends them', async () => {
  expect(await bench.hako(['update', '--memory', '24m', '--memory-swap', '24m', 'box'])).toMatchObject({
    exitCode: 0,
  });
  let eaten: Promise<ProgramResult> | undefined;
  const events = await bench.hako(['events', '--interval', '200ms', 'box'], {
    onStart: (child) => {
      child.stdout?.once('data', () => {
        eaten = bench.hako(['exec', 'box', 'sh', '-c', 'tail /dev/zero; echo status $?']);
      });
      child.stdout?.on('data', (text: Buffer) => {
        if (text.includes('"oom"')) void eaten?.then(() => bench.hako(['kill', '--all', 'box', 'KILL']));
      });
    },
  });
  expect(await eaten).toMatchObject({ stdout: 'status 137\n' });
  expect(events).toMatchObject({ exitCode: 0, stderr: '' });
  const types = events.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect(types[0]).toBe('stats');
  expect(types.filter((type) => type === 'oom')).toHaveLength(1);
});

test.each([
  ['ps', 'box'],
  ['pause', 'box'],
  ['resume', 'box'],
  ['update', '--memory', '64m', 'box'],
  ['events', '--stats', 'box'],
  ['stats', 'box'],
  ['kill', 'box', '0'],
])('%s of a container that has stopped', async (...args) => {
  expect(await bench.hako(args)).toMatchObject({ exitCode: 1, stderr: 'hako: container not running\n' });
});

test.each(['ps', 'pause', 'resume', 'update', 'events', 'start', 'kill', 'delete', 'state'])(
  '%s of an unknown id',
  async (command) => {
    const options = command === 'update' ? ['--memory', '1m'] : [];
    expect(await bench.hako([command, ...options, 'unknown'])).toMatchObject({
      exitCode: 1,
      stderr: 'hako: container does not exist: unknown\n',
    });
  },
);
