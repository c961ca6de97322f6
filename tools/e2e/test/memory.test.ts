import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

const reservedPages = '/proc/sys/vm/nr_hugepages';

/** Huge pages of the host. */
function hugePages(which: 'Total' | 'Free'): number {
  return Number(
    new RegExp(`^HugePages_${which}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/meminfo', 'latin1'))?.[1],
  );
}

/** A configuration of a guest with 256 MiB. */
function configurationWith(lines: readonly string[]): string {
  return bench.configuration((text) =>
    ['default_memory = 256', ...lines].reduce((all, line) => withLine(all, line, 'hypervisor.qemu'), text),
  );
}

/** The guest's memory that the host has to hold, which is a shared file. MiB. */
function heldMib(vmm: number): number {
  const kib = /^RssShmem:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${vmm}/status`, 'latin1'))?.[1];
  return Number(kib) / 1024;
}

test('agent and system leave a guest its memory, and what it frees goes back to the host', async () => {
  const config = configurationWith(['reclaim_guest_freed_memory = true']);
  const bundle = bench.bundle(['sleep', '1000']);
  expect(await bench.detached(['--config', config, 'create', '--bundle', bundle, 'memory'])).toMatchObject({
    exitCode: 0,
  });
  expect((await bench.hako(['start', 'memory'])).exitCode).toBe(0);

  const { stdout } = await bench.hako(['exec', 'memory', 'cat', '/proc/meminfo']);
  const ofGuest = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(stdout)?.[1]);
  expect((ofGuest('MemTotal') - ofGuest('MemAvailable')) / 1024).toBeLessThanOrEqual(45);

  const fill = ['dd', 'if=/dev/zero', 'of=/dev/shm/file', 'bs=1M', 'count=60'];
  expect((await bench.hako(['exec', 'memory', ...fill])).exitCode).toBe(0);
  const vmm = bench.pidOf('memory', 'qemu');
  const fullMib = heldMib(vmm);
  expect(fullMib).toBeGreaterThan(60);
  expect((await bench.hako(['exec', 'memory', 'rm', '/dev/shm/file'])).exitCode).toBe(0);
  // The kernel reports blocks of 2 MiB: what lies between others stays.
  await until(() => heldMib(vmm) < fullMib - 40, 'freed memory of the guest is given back');
  expect((await bench.hako(['delete', '--force', 'memory'])).exitCode).toBe(0);
  expect(bench.leftovers()).toEqual([]);
});

test('a container with a swappiness has its swap from the start, and an update brings more', async () => {
  const folder = join(bench.folder, 'asked');
  const config = configurationWith(['enable_guest_swap = true', `guest_swap_path = "${folder}"`]);
  const mib = 2 ** 20;
  const bundle = bench.bundle(['sleep', '1000'], {
    annotations: {
      'io.katacontainers.container.resource.swappiness': '60',
      'io.katacontainers.container.resource.swap_in_bytes': String(192 * mib),
    },
    extra: {
      linux: {
        namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
        resources: { memory: { limit: 128 * mib } },
      },
    },
  });
  const create = ['--config', config, 'create', '--bundle', bundle, 'asked'];
  expect(await bench.detached(create)).toMatchObject({ exitCode: 0 });
  expect((await bench.hako(['start', 'asked'])).exitCode).toBe(0);
  const swapsMib = async () => {
    const { stdout } = await bench.hako([
      'exec',
      'asked',
      'awk',
      'NR > 1 { print ($3 + 4) / 1024 }',
      '/proc/swaps',
    ]);
    return stdout.trim().split('\n').map(Number);
  };
  expect(await swapsMib()).toEqual([64]);
  const more = ['--memory', String(128 * mib), '--memory-swap', String(288 * mib)];
  expect(await bench.hako(['update', ...more, 'asked'])).toMatchObject({
    exitCode: 0,
  });
  expect(await swapsMib()).toEqual([64, 96]);
  expect((await bench.hako(['delete', '--force', 'asked'])).exitCode).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
  expect(bench.leftovers()).toEqual([]);
});

test('the guest of a sandbox that lives longer than the threshold has swap, of which nothing is left', async () => {
  const folder = join(bench.folder, 'swap');
  const config = configurationWith([
    'enable_guest_swap = true',
    `guest_swap_path = "${folder}"`,
    'guest_swap_size_percent = 50',
    'guest_swap_create_threshold_secs = 0',
  ]);
  const script = 'until grep -q partition /proc/swaps; do sleep 0.1; done; grep SwapTotal /proc/meminfo';
  const { stdout, exitCode } = await bench.hako([
    '--config',
    config,
    'run',
    '--bundle',
    bench.bundle(['sh', '-c', script]),
    'swap',
  ]);
  // A page of it is the header.
  expect({ stdout, exitCode }).toEqual({ stdout: `SwapTotal:        ${128 * 1024 - 4} kB\n`, exitCode: 0 });
  expect(readdirSync(folder)).toEqual([]);
  expect(bench.leftovers()).toEqual([]);
});

test('memory that is touched in advance is held from the start, in a file of the configured folder', async () => {
  const config = configurationWith(['enable_mem_prealloc = true', 'file_mem_backend = "/dev/shm"']);
  const create = ['--config', config, 'create', '--bundle', bench.bundle(['true']), 'touched'];
  expect(await bench.detached(create)).toMatchObject({ exitCode: 0 });
  const vmm = bench.pidOf('touched', 'qemu');
  expect(heldMib(vmm)).toBeGreaterThanOrEqual(256);
  expect(readFileSync(`/proc/${vmm}/maps`, 'latin1')).toMatch(/ \/dev\/shm\/.*ram0/);
  expect((await bench.hako(['delete', '--force', 'touched'])).exitCode).toBe(0);
  expect(bench.leftovers()).toEqual([]);
});

test('a guest in huge pages has those of the host while it lives, and without any it is refused by name', async () => {
  const before = readFileSync(reservedPages, 'latin1');
  try {
    const config = configurationWith(['enable_hugepages = true']);
    const run = ['--config', config, 'run', '--bundle', bench.bundle(['true']), 'huge'];
    writeFileSync(reservedPages, '0');
    const refused = await bench.hako(run);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('hypervisor.qemu.enable_hugepages "true" needs huge pages');
    // Room for one guest, and for no growth.
    const pages = 256 / 2 + 4;
    writeFileSync(reservedPages, String(pages));
    expect(hugePages('Total')).toBe(pages);
    const bundle = bench.bundle(['sleep', '1000']);
    const create = ['--config', config, 'create', '--bundle', bundle, 'huge'];
    expect(await bench.detached(create)).toMatchObject({ exitCode: 0 });
    expect(hugePages('Free')).toBe(4);
    expect((await bench.hako(['start', 'huge'])).exitCode).toBe(0);
    const grown = await bench.hako(['update', '--memory', String(128 * 2 ** 20), 'huge']);
    expect(grown.exitCode).not.toBe(0);
    expect(grown.stderr).toContain('the virtual machine cannot have');
    expect((await bench.hako(['exec', 'huge', 'true'])).exitCode).toBe(0);
    expect((await bench.hako(['delete', '--force', 'huge'])).exitCode).toBe(0);
    expect(hugePages('Free')).toBe(pages);
  } finally {
    writeFileSync(reservedPages, before);
  }
  expect(bench.leftovers()).toEqual([]);
});
