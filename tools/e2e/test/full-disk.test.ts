import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

/** State roots on a file system of a few pages. */
let bench: Workbench;
let root: string;
beforeAll(() => {
  bench = new Workbench();
  root = mkdtempSync(join(tmpdir(), 'full-'));
});
afterAll(async () => {
  // Where a test failed with it mounted.
  spawnSync('umount', ['--lazy', root], { stdio: 'ignore' });
  rmSync(root, { recursive: true });
  await bench.close();
});

function mountRoot(kib: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'none', root]);
}

test('a state root that is full at one write or another: an error that says so, and nothing left', async () => {
  const bundle = bench.bundle(['true']);
  let refusals = 0;
  for (let kib = 4; kib <= 64; kib += 8) {
    mountRoot(kib);
    try {
      const result = await bench.hako(['--root', root, 'run', '--bundle', bundle, 'full']);
      if (result.exitCode !== 0) {
        refusals += 1;
        expect({ kib, exitCode: result.exitCode, stderr: result.stderr }).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/ENOSPC|no space left|Failed to write pid file/i),
        });
      }
      expect(readdirSync(root), `with ${kib} KiB`).toEqual([]);
    } finally {
      await unmountRoot();
    }
  }
  expect(refusals).toBeGreaterThan(0);
});

test('a state root that fills up while a container runs: its end is known all the same', async () => {
  mountRoot(1024);
  try {
    const hako = (...args: readonly string[]) => bench.hako(['--root', root, ...args]);
    const bundle = bench.bundle(['sh', '-c', 'read line; exit 7']);
    const ballast = join(root, 'ballast');
    const result = bench.hako(['--root', root, 'run', '--keep', '--bundle', bundle, 'filling'], {
      onStart: (child) => {
        void until(async () => (await hako('state', 'filling')).stdout.includes('"running"'), 'it runs').then(
          () => {
            fill(ballast);
            child.stdin?.end('go on\n');
          },
        );
      },
      keepsStdin: true,
    });
    expect(await result).toMatchObject({ exitCode: 7 });
    expect(statfsSync(root).bavail).toBe(0);
    expect(JSON.parse((await hako('state', 'filling')).stdout)).toMatchObject({ status: 'stopped', pid: 0 });
    expect(await hako('delete', '--force', 'filling')).toMatchObject({ exitCode: 0, stderr: '' });
    rmSync(ballast);
    expect(readdirSync(root)).toEqual([]);
  } finally {
    await unmountRoot();
  }
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(root);
});

/** Once the shim, which works in the root, has ended: it answers a moment before. */
function unmountRoot(): Promise<void> {
  return until(() => spawnSync('umount', [root], { stdio: 'ignore' }).status === 0, 'nobody uses the root');
}

/** Takes every page that is left. */
function fill(path: string): void {
  writeFileSync(path, '');
  const { bavail, bsize } = statfsSync(root);
  writeFileSync(path, Buffer.alloc(Number(bavail) * Number(bsize)));
}
