import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberBundle, sandboxBundle } from '../src/pod-bundle.ts';
import { Workbench } from '../src/workbench.ts';

const mib = 1024 * 1024;
const args = ['sleep', '1000'];
let bench: Workbench;
let volume: string;
let image: string;

beforeAll(() => {
  bench = new Workbench();
  volume = join(bench.folder, 'volume');
  mkdirSync(volume);
  image = join(bench.folder, 'image');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-E', 'resize=65536', image, '16m']);
});
afterAll(() => bench.close());

const direct = (verb: string, ...rest: readonly string[]) =>
  bench.hako(['direct-volume', verb, '--volume-path', volume, ...rest]);

async function succeed(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await bench.detached(args);
  expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: expect.any(String) });
  return stdout;
}

test('a volume is described, measured, grown and forgotten; its file is one machine’s, and may vanish', async () => {
  const info = (changes: object) =>
    JSON.stringify({ 'volume-type': 'block', device: image, fstype: 'ext4', ...changes });
  expect(await direct('add', '--mount-info', info({ device: 'image' }))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/device .*absolute/),
  });
  expect(await direct('stats')).toMatchObject({
    stderr: expect.stringContaining('no running container has'),
  });
  expect(await direct('add', '--mount-info', info({}))).toMatchObject({ exitCode: 0, stderr: '' });
  try {
    const mounts = [{ destination: '/volume', type: 'bind', source: volume, options: ['rbind', 'rw'] }];
    const member = (sandboxId: string) => memberBundle(bench, { sandboxId, args, mounts });
    for (const pod of ['pod', 'other']) {
      await succeed(['create', '--bundle', sandboxBundle(bench, { sandboxId: pod, args }), pod]);
      await succeed(['start', pod]);
    }
    await succeed(['create', '--bundle', member('pod'), 'one']);
    await succeed(['start', 'one']);
    const stats = async () => {
      const { usage, volume_condition } = JSON.parse((await direct('stats')).stdout) as {
        usage: { total: number; used: number; available: number; unit: number }[];
        volume_condition: object;
      };
      expect(volume_condition).toEqual({ abnormal: false, message: expect.any(String) });
      expect(usage.map(({ unit }) => unit)).toEqual([1, 2]);
      return usage[0]?.total ?? 0;
    };
    const before = await stats();
    expect(before).toBeLessThan(16 * mib);

    // QEMU holds a lock; nothing of the disk stays in the other machine, which has it once it is free.
    const busy = await bench.create(['--bundle', member('other'), 'two']);
    expect(busy).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Failed to get "write" lock'),
    });

    const larger = ['--size', String(32 * mib)];
    expect(await direct('resize', ...larger)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`has ${16 * mib} bytes, not ${32 * mib}; make it larger first`),
    });
    truncateSync(image, 32 * mib);
    expect(await direct('resize', ...larger)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await stats()).toBeGreaterThan(before + 12 * mib);
    await succeed(['exec', 'one', 'dd', 'if=/dev/zero', 'of=/volume/file', 'bs=1M', 'count=20']);

    await succeed(['delete', '--force', 'one']);
    await succeed(['create', '--bundle', member('other'), 'two']);
    await succeed(['start', 'two']);
    rmSync(image);
    expect(await succeed(['exec', 'two', 'stat', '-c', '%s', '/volume/file'])).toBe(`${20 * mib}\n`);
    await succeed(['exec', 'two', 'sh', '-c', 'echo more > /volume/more && sync']);
    await succeed(['delete', '--force', 'two']);
    const gone = await bench.create(['--bundle', member('other'), 'two']);
    expect(gone).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`${image} cannot be used: ENOENT`),
    });
    for (const pod of ['pod', 'other']) await succeed(['delete', '--force', pod]);
    expect(bench.leftovers()).toEqual([]);
  } finally {
    expect(await direct('remove')).toMatchObject({ exitCode: 0, stderr: '' });
  }
  expect(await direct('remove')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('no direct volume'),
  });
});
