import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

// With `rootless` QEMU is a user of its own, who may open nothing of hako's state.
let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

function configurationWith(lines: readonly string[]): string {
  return bench.configuration((text) =>
    ['rootless = true', ...lines].reduce((all, line) => withLine(all, line, 'hypervisor.qemu'), text),
  );
}

function isStopped(id: string): boolean {
  const { status } = JSON.parse(readFileSync(join(bench.stateRoot, id, 'state.json'), 'utf8')) as {
    status: string;
  };
  return status === 'stopped';
}

function statusOf(pid: number, field: string): string | undefined {
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
}

test('a container with share and swap runs in a QEMU that is no root, and gives files their owners', async () => {
  const shared = join(bench.folder, 'shared');
  mkdirSync(shared);
  chownSync(shared, 7, 8);
  const config = configurationWith([
    'shared_fs = "virtio-fs"',
    'enable_guest_swap = true',
    `guest_swap_path = "${join(bench.folder, 'swap')}"`,
    'guest_swap_create_threshold_secs = 0',
  ]);
  const script = 'until grep -q partition /proc/swaps; do sleep 0.1; done; id -u >/shared/by';
  const bundle = bench.bundle([], {
    extra: {
      process: {
        args: ['sh', '-c', script],
        cwd: '/',
        env: ['PATH=/bin'],
        user: { uid: 7, gid: 8 },
      },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/shared', type: 'bind', source: shared, options: ['rbind', 'rw'] },
      ],
    },
  });
  const create = ['--config', config, 'create', '--bundle', bundle, 'rootless'];
  expect(await bench.detached(create)).toMatchObject({ exitCode: 0 });
  const pid = bench.pidOf('rootless', 'qemu');
  const [uid = '0', ...others] = statusOf(pid, 'Uid')?.split('\t') ?? [];
  expect(Number(uid)).toBeGreaterThanOrEqual(0x7000_0000);
  expect(others).toEqual([uid, uid, uid]);
  expect(statusOf(pid, 'CapPrm')).toMatch(/^0+$/);
  expect((await bench.hako(['start', 'rootless'])).exitCode).toBe(0);
  await until(() => isStopped('rootless'), 'the container has ended');
  expect(readFileSync(join(shared, 'by'), 'utf8')).toBe('7\n');
  expect(statSync(join(shared, 'by'))).toMatchObject({ uid: 7, gid: 8 });
  expect((await bench.hako(['delete', 'rootless'])).exitCode).toBe(0);
  expect(readdirSync(join(bench.folder, 'swap'))).toEqual([]);
  expect(bench.leftovers()).toEqual([]);
});

test('what that user may not read is said by name, before anything starts', async () => {
  const kernel = bench.copyOfKernel();
  chmodSync(kernel, 0o600);
  const config = configurationWith(['shared_fs = "virtio-9p"', `kernel = "${kernel}"`]);
  const { exitCode, stderr } = await bench.hako([
    ...['--config', config, 'run'],
    ...['--bundle', bench.bundle(['true']), 'refused'],
  ]);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain(`hypervisor.qemu.kernel "${kernel}" must be readable for the user that rootless`);
  expect(stderr).toContain('hypervisor.qemu.rootless "true" is impossible with shared_fs = "virtio-9p"');
  expect(bench.leftovers()).toEqual([]);
});
