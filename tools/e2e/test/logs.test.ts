import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

/** One container for all cases. */
let bench: Workbench;
beforeAll(async () => {
  bench = new Workbench();
  expect(await bench.create(['--bundle', bench.bundle(['sleep', '1000']), 'box'])).toMatchObject({
    exitCode: 0,
  });
  expect(await bench.hako(['start', 'box'])).toMatchObject({ exitCode: 0 });
});
afterAll(() => bench.close());

const stamped = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;

test('all parts by time', async () => {
  const { stdout, exitCode } = await bench.hako(['logs', 'box']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    new RegExp(`^shim +${stamped} info machine runs as pid \\d+, accelerator \\w+$`, 'm'),
  );
  expect(stdout).toMatch(/^shim .* container box is created$/m);
  expect(stdout).toMatch(/^shim .* container box is running$/m);
  const times = stdout.split('\n').flatMap((line) => new RegExp(stamped).exec(line)?.[0] ?? []);
  expect(times).toEqual(times.toSorted());
});

test('one part, or one after the other', async () => {
  const { stdout: shim } = await bench.hako(['logs', '--source', 'shim', 'box']);
  expect(shim.split('\n').filter((line) => line !== '' && !line.startsWith('shim '))).toEqual([]);
  const { stdout: apart } = await bench.hako(['logs', '--apart', 'box']);
  expect(apart).toMatch(/^== shim ==\n/);
  expect(await bench.hako(['logs', '--source', 'nobody', 'box'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('nobody'),
  });
});

test('a call that is refused is in the log, and the end of the machine with its cause outlives it', async () => {
  expect(await bench.hako(['exec', 'box', 'no-such-program'])).toMatchObject({ exitCode: 255 });
  expect((await bench.hako(['logs', 'box'])).stdout).toMatch(/^shim .* error Start: .*no-such-program/m);
  const following = bench.hako(['logs', '--follow', 'box'], {
    onStart: (child) => {
      child.stdout?.once('data', () => process.kill(bench.pidOf('box', 'virtiofsd'), 'SIGKILL'));
    },
  });
  const { stdout, exitCode } = await following;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^shim .* machine has ended: virtiofsd .*SIGKILL/m);
  await until(
    async () => (await bench.hako(['state', 'box'])).stdout.includes('"stopped"'),
    'box has stopped',
  );
  const { stdout: after } = await bench.hako(['logs', 'box']);
  expect(after).toMatch(/^shim .* container box is stopped with status 137: virtiofsd/m);
  expect(await bench.hako(['logs', 'unknown'])).toMatchObject({ exitCode: 1 });
});

test('the guest kernel’s words', async () => {
  const bundle = bench.bundle(['sleep', '1000'], {
    annotations: { 'io.katacontainers.config.hypervisor.kernel_params': 'console=ttyS0 loglevel=7' },
  });
  expect(await bench.create(['--bundle', bundle, 'chatty'])).toMatchObject({ exitCode: 0 });
  const { stdout } = await bench.hako(['logs', '--source', 'kernel', '--source', 'agent', 'chatty']);
  expect(stdout).toMatch(new RegExp(`^kernel +${stamped} .*Linux version`, 'm'));
});

test('an agent at debug level says on the console what it was asked, and how long that took', async () => {
  const annotations = {
    'io.katacontainers.config.hypervisor.kernel_params': 'agent.log=debug agent.container_pipe_size=lots',
  };
  const bundle = bench.bundle(['true'], { annotations });
  expect(await bench.hako(['run', '--detach', '--bundle', bundle, 'talks'])).toMatchObject({ exitCode: 0 });
  const { stdout } = await bench.hako(['logs', 'talks']);
  expect(stdout).toMatch(/hako-agent: createContainer of talks took [\d.]+ ms$/m);
  expect(stdout).toMatch(
    /hako-agent: the kernel's word agent.container_pipe_size=lots must be a whole number/,
  );
  expect(await bench.hako(['delete', '--force', 'talks'])).toMatchObject({ exitCode: 0 });
});
