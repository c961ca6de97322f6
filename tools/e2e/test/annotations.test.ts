import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

const HYPERVISOR = 'io.katacontainers.config.hypervisor';
const PLAIN_SYS = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['ro'] },
];

test('vCPUs, memory, kernel words and machine type show inside', async () => {
  const script = 'nproc; grep MemTotal /proc/meminfo; cat /proc/cmdline; cat /sys/class/dmi/id/product_name';
  const result = await bench.run('machine', ['sh', '-c', script], {
    annotations: {
      [`${HYPERVISOR}.default_vcpus`]: '2',
      [`${HYPERVISOR}.default_memory`]: '512',
      [`${HYPERVISOR}.kernel_params`]: 'hako.test=yes quiet',
      [`${HYPERVISOR}.machine_type`]: 'pc',
    },
    extra: { mounts: PLAIN_SYS, linux: { namespaces: ['pid', 'mount', 'uts'].map((type) => ({ type })) } },
  });
  expect(result.stderr).toBe('');
  const [cpus, memory, words, machine] = result.stdout.split('\n');
  expect(cpus).toBe('2');
  const memoryMib = Number(/([0-9]+) kB/.exec(memory ?? '')?.[1]) / 1024;
  expect(memoryMib).toBeGreaterThan(400);
  expect(memoryMib).toBeLessThanOrEqual(512);
  expect(words).toContain('hako.test=yes');
  expect(machine).toContain('i440FX');
});

test.each([
  ['virtio-fs', 'virtiofs'],
  ['virtio-9p', '9p'],
])('shared_fs %s brings the root file system by %s, readable and writable', async (sharedFs, fsType) => {
  const result = await bench.run(
    sharedFs,
    ['sh', '-c', 'grep " / " /proc/mounts; echo written > /root/note && cat /root/note && rm /root/note'],
    { readonlyRootfs: false, annotations: { [`${HYPERVISOR}.shared_fs`]: sharedFs } },
  );
  expect(result.stderr).toBe('');
  expect(result.stdout).toMatch(new RegExp(`^\\S+ / ${fsType} `, 'm'));
  expect(result.stdout).toContain('written\n');
});

test('annotations of the runtime and agent families show inside, once the operator allows them', async () => {
  const annotations = {
    'io.katacontainers.config.runtime.disable_guest_seccomp': 'true',
    'io.katacontainers.config.agent.kernel_modules': 'loop max_loop=3',
  };
  const bundle = bench.bundle(
    [
      'sh',
      '-c',
      'grep ^Seccomp: /proc/self/status; grep ^loop /proc/modules; cat /sys/module/loop/parameters/max_loop',
    ],
    {
      annotations,
      extra: {
        linux: {
          namespaces: ['pid', 'mount', 'uts'].map((type) => ({ type })),
          seccomp: {
            defaultAction: 'SCMP_ACT_ALLOW',
            syscalls: [{ names: ['mkdirat'], action: 'SCMP_ACT_ERRNO' }],
          },
        },
      },
    },
  );
  const refused = await bench.hako(['run', '--bundle', bundle, 'families-refused']);
  expect(refused.exitCode).toBe(1);
  for (const key of Object.keys(annotations)) expect(refused.stderr).toContain(key);

  const allowed = 'enable_annotations = ["runtime\\\\.disable_guest_seccomp", "agent\\\\.kernel_modules"]';
  const config = bench.configuration((text) => withLine(text, allowed));
  const result = await bench.hako(['--config', config, 'run', '--bundle', bundle, 'families']);
  expect(result.stderr).toBe('');
  expect(result.stdout).toMatch(/^Seccomp:\s0/m);
  expect(result.stdout).toMatch(/^loop /m);
  expect(result.stdout).toMatch(/^3$/m);
});

test('an asset named by an annotation is used once the operator allows it', async () => {
  const kernel = bench.copyOfKernel();
  const annotations = { [`${HYPERVISOR}.kernel`]: kernel };
  const refused = await bench.run('asset-refused', ['true'], { annotations });
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`${HYPERVISOR}.kernel`) });
  const config = bench.configuration((text) => withLine(text, 'enable_annotations = ["kernel"]'));
  const bundle = bench.bundle(['true'], { annotations });
  // Truncated, so that only a machine that really takes it fails.
  bench.truncate(kernel);
  const used = await bench.hako(['--config', config, 'run', '--bundle', bundle, 'asset-used']);
  expect(used.exitCode).toBe(1);
  expect(used.stderr).toMatch(/QEMU ended while starting.*kernel/);
});

test.each([
  ['default_vcpus', 'two'],
  ['default_memory', '-1'],
  ['machine_type', 'amiga'],
  ['shared_fs', 'nfs'],
])('a bad %s is refused before anything starts', async (name, value) => {
  const result = await bench.run('bad', ['true'], { annotations: { [`${HYPERVISOR}.${name}`]: value } });
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toContain(`${HYPERVISOR}.${name}`);
  expect(result.stderr).toContain(JSON.stringify(value));
  expect((await bench.hako(['list', '--quiet'])).stdout).toBe('');
});

test('an unknown key is warned of with the nearest known one, and the container runs', async () => {
  const result = await bench.run('unknown', ['echo', 'ran'], {
    annotations: { [`${HYPERVISOR}.default_vcpu`]: '2' },
  });
  expect(result).toMatchObject({ exitCode: 0, stdout: 'ran\n' });
  expect(result.stderr).toMatch(/warning: .*default_vcpu.*default_vcpus/);
});
