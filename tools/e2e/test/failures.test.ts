import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withLine } from '../src/toml-line.ts';
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

test.each(['qemu', 'virtiofsd', 'shim'])(
  'kill -9 of %s: state tells the truth and delete --force cleans up',
  async (role) => {
    await bench.create(['--bundle', bench.bundle(['sleep', '1000']), 'victim']);
    await bench.hako(['start', 'victim']);
    process.kill(bench.pidOf('victim', role), 'SIGKILL');
    await until(async () => {
      const { stdout } = await bench.hako(['state', 'victim']);
      return JSON.parse(stdout).status === 'stopped';
    }, 'the container is known to have stopped');
    expect(await bench.hako(['exec', 'victim', 'true'])).toMatchObject({ exitCode: 255 });
    expect(await bench.hako(['delete', '--force', 'victim'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(bench.leftovers()).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(bench.stateRoot);
  },
);

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
