import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberBundle, sandboxBundle } from '../src/pod-bundle.ts';
import { image, Podman } from '../src/podman.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

const mib = 1024 * 1024;
let bench: Workbench;
/** A machine of 1 vCPU and 256 MiB that may have 2 and 1024. */
let small: string;

function configurationWith(...lines: readonly string[]): string {
  const size = [
    'default_vcpus = 1',
    'default_maxvcpus = 2',
    'default_memory = 256',
    'default_maxmemory = 1024',
  ];
  return bench.configuration((text) =>
    [...size, ...lines].reduce(
      (all, line) => withLine(all, line, /^static|pinning/.test(line) ? 'runtime' : 'hypervisor.qemu'),
      text,
    ),
  );
}

beforeAll(() => {
  bench = new Workbench();
  small = configurationWith('enable_vcpus_pinning = true');
});
afterAll(() => bench.close());

/** What the guest shows, once: vCPUs, and memory in blocks of 128 MiB, of which the kernel has a part for itself. */
function sizeIn(output: string): { vcpus: number; blocks: number } {
  const kib = Number(/MemTotal: +(\d+)/.exec(output)?.[1]);
  return { vcpus: output.match(/^processor/gm)?.length ?? 0, blocks: Math.ceil(kib / 1024 / 128) };
}

async function sizeOf(id: string): Promise<{ vcpus: number; blocks: number }> {
  const { stdout, stderr } = await bench.hako(['exec', id, 'cat', '/proc/cpuinfo', '/proc/meminfo']);
  expect(stderr).toBe('');
  return sizeIn(stdout);
}

const limits = (cpus: number, memoryMib: number) => ({
  resources: { cpu: { quota: cpus * 100_000, period: 100_000 }, memory: { limit: memoryMib * mib } },
});

test('the machine grows and shrinks with its containers’ limits, and shows it when the call is answered', async () => {
  const create = (id: string, bundle: string) =>
    bench.detached(['--config', small, 'create', '--bundle', bundle, id]);
  const pod = sandboxBundle(bench, { sandboxId: 'pod', args: ['sleep', '1000'] });
  expect((await create('pod', pod)).exitCode).toBe(0);
  await bench.hako(['start', 'pod']);
  const member = (id: string, linux: object) =>
    create(id, memberBundle(bench, { sandboxId: 'pod', args: ['sleep', '1000'], linux }));
  const update = (...args: string[]) => bench.hako(['update', ...args, 'a']);
  expect(await sizeOf('pod')).toEqual({ vcpus: 1, blocks: 2 });

  // One vCPU, one CPU of the host: it runs there, until there are two vCPUs for it.
  const cpusOfVcpus = () => new Set(bench.threadCpus(bench.pidOf('pod', 'qemu'), /\bCPU/));
  const unbound = cpusOfVcpus();
  expect(await bench.hako(['update', '--cpuset-cpus', '1', 'pod'])).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  expect(cpusOfVcpus()).toEqual(new Set(['1']));

  expect(await member('a', limits(1, 200))).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await sizeOf('pod')).toEqual({ vcpus: 2, blocks: 4 });
  expect(cpusOfVcpus()).toEqual(unbound);
  expect((await bench.hako(['start', 'a'])).exitCode).toBe(0);
  expect(await update('--memory', String(300 * mib))).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await sizeOf('pod')).toEqual({ vcpus: 2, blocks: 5 });

  // More memory than the machine may have is refused, and nothing of it stays; more vCPUs than it may have are not there.
  const refused = await update('--memory', String(2000 * mib));
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('default_maxmemory') });
  expect((await member('b', limits(1, 2000))).stderr).toContain('cannot have 3 vCPUs and');
  expect(await sizeOf('pod')).toEqual({ vcpus: 2, blocks: 5 });
  expect((await update('--cpu-period', '100000', '--cpu-quota', '400000')).exitCode).toBe(0);
  expect(await sizeOf('pod')).toEqual({ vcpus: 2, blocks: 5 });

  // A container's end gives back what it could use.
  await bench.hako(['kill', 'a', 'KILL']);
  await until(async () => (await sizeOf('pod')).vcpus === 1, 'the vCPU is given back');
  expect(await sizeOf('pod')).toEqual({ vcpus: 1, blocks: 2 });
  await bench.hako(['delete', 'a']);
  expect((await member('a', limits(0.5, 100))).exitCode).toBe(0);
  expect(await sizeOf('pod')).toEqual({ vcpus: 2, blocks: 3 });
  await bench.hako(['delete', '--force', 'a']);
  await bench.hako(['delete', '--force', 'pod']);
});

test.each([
  ['virtio-mem', ['enable_virtio_mem = true'], { vcpus: 2, blocks: 4 }],
  ['9p, where nobody maps the memory', ['shared_fs = "virtio-9p"'], { vcpus: 2, blocks: 4 }],
  [
    'static_sandbox_resource_mgmt, before it boots',
    ['static_sandbox_resource_mgmt = true'],
    { vcpus: 2, blocks: 4 },
  ],
])('a single container by %s', async (_how, lines, expected) => {
  const bundle = bench.bundle(['cat', '/proc/cpuinfo', '/proc/meminfo'], {
    extra: { linux: { namespaces: ['pid', 'mount', 'uts'].map((type) => ({ type })), ...limits(1, 256) } },
  });
  const { exitCode, stdout, stderr } = await bench.hako([
    '--config',
    configurationWith(...lines),
    'run',
    '--bundle',
    bundle,
    'one',
  ]);
  expect({ exitCode, stderr, ...sizeIn(stdout) }).toEqual({
    exitCode: 0,
    stderr: expect.any(String),
    ...expected,
  });
});

test('podman: limits of run and of update', async () => {
  const podman = new Podman(join(bench.folder, 'podman'));
  await podman.import(bench.rootfs);
  try {
    await podman.output(['run', '-d', '--name', 'box', '--cpus', '0.5', image, 'sleep', '1000']);
    const vcpus = async () => sizeIn(await podman.output(['exec', 'box', 'cat', '/proc/cpuinfo'])).vcpus;
    expect(await vcpus()).toBe(2);
    await podman.output(['update', '--cpus', '0', 'box']).catch(() => '');
    await podman.output(['update', '--cpus', '0.2', '--memory', '128m', 'box']);
    expect(
      sizeIn(await podman.output(['exec', 'box', 'cat', '/proc/cpuinfo', '/proc/meminfo'])),
    ).toMatchObject({ vcpus: 2 });
  } finally {
    await podman.close();
  }
});
