import { readFileSync } from 'node:fs';
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
