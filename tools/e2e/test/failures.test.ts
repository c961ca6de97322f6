import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRunning } from '../src/is-running.ts';
import { hakoPath } from '../src/paths.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

const HYPERVISOR = 'io.katacontainers.config.hypervisor';

test('a guest that dies while booting shows the console’s last lines', async () => {
  const result = await bench.run('panic', ['true'], {
    annotations: {
      [`${HYPERVISOR}.kernel_params`]: 'rdinit=/no/such/init init=/no/such/init root=/dev/nothing',
    },
  });
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/the virtual machine ended while booting|the guest agent did not answer/);
  expect(result.stderr).toMatch(/guest console, last lines:\n(.*\n)*.*(panic|init)/i);
  expect(bench.leftovers()).toEqual([]);
});

test('an agent that never answers is given up after dial_timeout, with the console’s last lines', async () => {
  const config = bench.configuration((text) => withLine(text, 'dial_timeout = 4', 'agent.kata'));
  const bundle = bench.bundle(['true'], {
    annotations: { [`${HYPERVISOR}.kernel_params`]: 'rdinit=/bin/cat' },
  });
  const result = await bench.hako(['--config', config, 'run', '--bundle', bundle, 'mute']);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/did not answer within 4 s|ended while booting/);
  expect(bench.leftovers()).toEqual([]);
});

test('a kernel that is no kernel', async () => {
  const kernel = join(bench.folder, 'not-a-kernel');
  writeFileSync(kernel, 'plain text');
  const config = bench.configuration((text) => withLine(text, `kernel = ${JSON.stringify(kernel)}`));
  const result = await bench.hako(['--config', config, 'run', '--bundle', bench.bundle(['true']), 'text']);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/virtual machine|guest agent|kernel/);
  expect(bench.leftovers()).toEqual([]);
});

test.each([
  ['qemu', 'created'],
  ['virtiofsd', 'created'],
  ['shim', 'created'],
  ['qemu', 'running'],
  ['virtiofsd', 'running'],
  ['shim', 'running'],
  ['shim', 'paused'],
])(
  'kill -9 of %s of a container that is %s: state tells the truth and delete --force cleans up',
  async (role, status) => {
    const pidFile = join(bench.folder, 'pid');
    await bench.create(['--bundle', bench.bundle(['sleep', '1000']), '--pid-file', pidFile, 'victim']);
    if (status !== 'created') await bench.hako(['start', 'victim']);
    if (status === 'paused') await bench.hako(['pause', 'victim']);
    process.kill(bench.pidOf('victim', role), 'SIGKILL');
    await until(async () => {
      const { stdout } = await bench.hako(['state', 'victim']);
      return JSON.parse(stdout).status === 'stopped';
    }, 'the container is known to have stopped');
    expect(JSON.parse((await bench.hako(['state', 'victim'])).stdout)).toMatchObject({ pid: 0 });
    expect(await bench.hako(['exec', 'victim', 'true'])).toMatchObject({ exitCode: 255 });
    expect(await bench.hako(['start', 'victim'])).toMatchObject({ exitCode: 1 });
    expect(await bench.hako(['kill', 'victim', '9'])).toMatchObject({
      exitCode: 1,
      stderr: 'hako: container not running\n',
    });
    expect(await bench.hako(['delete', '--force', 'victim'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(bench.leftovers()).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(bench.stateRoot);
    await until(() => !isRunning(Number(readFileSync(pidFile, 'utf8'))), 'the stand-in has ended');
  },
);

test.each(['created', 'running', 'paused'])(
  'kill -9 of the stand-in of a container that is %s ends the container',
  async (status) => {
    const pidFile = join(bench.folder, 'pid');
    await bench.create(['--bundle', bench.bundle(['sleep', '1000']), '--pid-file', pidFile, 'bereft']);
    if (status !== 'created') await bench.hako(['start', 'bereft']);
    if (status === 'paused') await bench.hako(['pause', 'bereft']);
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    // Who kills the process that stands for a container kills the container.
    await until(
      async () => JSON.parse((await bench.hako(['state', 'bereft'])).stdout).status === 'stopped',
      'the container has ended with it',
    );
    // With its shim too nobody is left who knows.
    process.kill(bench.pidOf('bereft', 'shim'), 'SIGKILL');
    expect(JSON.parse((await bench.hako(['state', 'bereft'])).stdout)).toMatchObject({ status: 'stopped' });
    expect(await bench.hako(['delete', 'bereft'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(bench.leftovers()).toEqual([]);
  },
);

/** hako in the foreground with a process that has said something and waits; it has become a stand-in. */
async function waiting(args: readonly string[]) {
  const child = spawn(hakoPath, ['--root', bench.stateRoot, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([once(child, 'exit'), text(child.stderr)]);
  await once(child.stdout, 'data');
  const name = () => readFileSync(`/proc/${child.pid}/comm`, 'latin1').trim();
  await until(() => name() === 'hako-stand-in', 'it has become a stand-in');
  return {
    child,
    end: async () => {
      const [[status, signal], stderr] = await ended;
      return { status, signal, stderr };
    },
  };
}

const upAndWait = ['sh', '-c', 'echo up; exec sleep 1000'];

test('kill -9 of the shim under a run and an exec in the foreground: both end, and the run leaves nothing', async () => {
  const run = await waiting(['run', '--bundle', bench.bundle(upAndWait), 'orphan']);
  const exec = await waiting(['exec', 'orphan', ...upAndWait]);
  process.kill(bench.pidOf('orphan', 'shim'), 'SIGKILL');
  const gone = 'the shim of the sandbox is gone';
  expect(await exec.end()).toMatchObject({ status: 255, stderr: expect.stringContaining(gone) });
  const lost = 'the shim of sandbox orphan is gone';
  expect(await run.end()).toMatchObject({ status: 1, stderr: expect.stringContaining(lost) });
  expect(bench.leftovers()).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(bench.stateRoot);
});

test('a run in the foreground: the end of its machine is told; killed itself, it takes its process along', async () => {
  const told = await waiting(['run', '--bundle', bench.bundle(upAndWait), 'machine']);
  process.kill(bench.pidOf('machine', 'qemu'), 'SIGKILL');
  const cause = 'container machine was ended';
  expect(await told.end()).toMatchObject({ status: 137, stderr: expect.stringContaining(cause) });
  expect(bench.leftovers()).toEqual([]);
  const killed = await waiting(['run', '--bundle', bench.bundle(upAndWait), 'alone']);
  killed.child.kill('SIGKILL');
  expect(await killed.end()).toMatchObject({ signal: 'SIGKILL' });
  await until(
    async () => JSON.parse((await bench.hako(['state', 'alone'])).stdout).status === 'stopped',
    'the container has ended with it',
  );
  expect(await bench.hako(['delete', 'alone'])).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a pid file that cannot be written: create leaves nothing, exec ends its process; a machine that stands still is deleted by force', async () => {
  const bundle = bench.bundle(['sleep', '1000']);
  const place = join(bench.folder, 'no', 'pid');
  expect(await bench.create(['--bundle', bundle, '--pid-file', place, 'noted'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`cannot write the pid file ${place}`),
  });
  expect(bench.leftovers()).toEqual([]);
  await bench.create(['--bundle', bundle, 'noted']);
  await bench.hako(['start', 'noted']);
  expect(
    await bench.detached(['exec', '--detach', '--pid-file', place, 'noted', 'sleep', '1002']),
  ).toMatchObject({ exitCode: 255, stderr: expect.stringContaining('cannot write the pid file') });
  await until(
    async () => !(await bench.hako(['ps', 'noted'])).stdout.includes('sleep 1002'),
    'the process of the exec has ended',
  );
  const full = join(bench.folder, 'full');
  mkdirSync(full);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'none', full]);
  try {
    writeFileSync(join(full, 'ballast'), Buffer.alloc(4096));
    const onFull = ['exec', '--detach', '--pid-file', join(full, 'pid'), 'noted', 'sleep', '1003'];
    expect(await bench.detached(onFull)).toMatchObject({
      exitCode: 255,
      stderr: expect.stringMatching(/cannot write the pid file .*ENOSPC/),
    });
    expect(readdirSync(full)).toEqual(['ballast']);
  } finally {
    execFileSync('umount', [full]);
  }
  const bad = join(bench.folder, 'process.json');
  writeFileSync(bad, '{"args": "true", "cwd": 7}');
  const refused = await bench.hako(['exec', '--process', bad, 'noted']);
  expect(refused.exitCode).toBe(255);
  expect(refused.stderr).toMatch(/process\.json: args.*\n(.*\n)*.*cwd/);
  writeFileSync(bad, '{"args": [');
  expect(await bench.hako(['exec', '--process', bad, 'noted'])).toMatchObject({
    exitCode: 255,
    stderr: expect.stringMatching(/process\.json:1:\d+/),
  });
  expect(await bench.hako(['kill', 'noted', '65'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('"65"'),
  });
  process.kill(bench.pidOf('noted', 'qemu'), 'SIGSTOP');
  expect(await bench.hako(['delete', '--force', 'noted'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(bench.leftovers()).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(bench.stateRoot);
});

test('a create that is killed takes its machine along', async () => {
  const bundle = bench.bundle(['true']);
  const result = await bench.create(['--bundle', bundle, 'cut'], {
    onStart: (child) => {
      // The shim's record is written once its process runs, well before the guest has booted.
      void until(() => bench.hasShim('cut'), 'the shim runs').then(() => child.kill('SIGKILL'));
    },
  });
  expect(result.signal).toBe('SIGKILL');
  await until(() => bench.leftovers().length === 0, 'the shim has cleaned up after its creator');
});

test.each([
  ['qemu', /the virtual machine ended while booting \(.*SIGKILL/],
  ['virtiofsd', /virtiofsd .*SIGKILL/],
  ['shim', /^hako: the shim of the sandbox is gone/],
])(
  'kill -9 of %s while its container is made: the error names it, and nothing is left',
  async (role, said) => {
    const creating = bench.create(['--bundle', bench.bundle(['true']), 'young']);
    await until(() => bench.shimLog('young').includes('machine runs as pid'), 'the machine boots');
    process.kill(bench.pidOf('young', role), 'SIGKILL');
    expect(await creating).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(said) });
    expect(bench.leftovers()).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(bench.stateRoot);
  },
);

test('tcg can be demanded; a kvm that is demanded works or says what was tried', async () => {
  const tcg = bench.configuration((text) => withLine(text, 'accelerator = "tcg"'));
  const bundle = bench.bundle(['true']);
  expect(await bench.hako(['--config', tcg, 'run', '--bundle', bundle, 'tcg'])).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  const kvm = bench.configuration((text) => withLine(text, 'accelerator = "kvm"'));
  const demanded = await bench.hako(['--config', kvm, 'run', '--bundle', bundle, 'kvm']);
  // On a host whose KVM works this is a plain success.
  if (demanded.exitCode !== 0) expect(demanded.stderr).toMatch(/kvm/i);
});
