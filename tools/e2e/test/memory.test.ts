import { readdirSync, readFileSync } from 'node:fs';
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

/** The guest's memory that the host has to hold, which is a shared file. MiB. */
function heldMib(vmm: number): number {
  const kib = /^RssShmem:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${vmm}/status`, 'latin1'))?.[1];
  return Number(kib) / 1024;
}

test('agent and system leave a guest its memory, and what it frees goes back to the host', async () => {
  const config = bench.configuration((text) =>
    ['default_memory = 256', 'reclaim_guest_freed_memory = true'].reduce(
      (all, line) => withLine(all, line, 'hypervisor.qemu'),
      text,
    ),
  );
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

test('the guest of a sandbox that lives longer than the threshold has swap, of which nothing is left', async () => {
  const folder = join(bench.folder, 'swap');
  const config = bench.configuration((text) =>
    [
      'default_memory = 256',
      'enable_guest_swap = true',
      `guest_swap_path = "${folder}"`,
      'guest_swap_size_percent = 50',
      'guest_swap_create_threshold_secs = 0',
    ].reduce((all, line) => withLine(all, line, 'hypervisor.qemu'), text),
  );
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
