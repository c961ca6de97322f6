import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostSnapshot } from '@hako/test-run/host-snapshot';
import { expect, test } from 'vitest';
import { folderMib, growthGoals, growthReadings, usesNow } from './soak-growth.ts';

test('every row has a goal for what was added, and a mount that stays fails its own only', () => {
  const mounts = (paths: string[]): HostSnapshot => {
    const none = new Map<string, string>();
    return {
      processes: none,
      mounts: new Map(paths.map((path) => [path, path])),
      'network interfaces': none,
      'network namespaces': none,
      cgroups: none,
      state: none,
      'temporary files': none,
    };
  };
  const own = { templates: '/none', runtimeFolder: '/none', shimPid: process.pid, vmmPid: process.pid };
  const before = usesNow({ ...own, things: mounts(['/a']) });
  const after = new Map(before).set(
    'mounts',
    usesNow({ ...own, things: mounts(['/a', '/b']) }).get('mounts') ?? 0,
  );
  const readings = growthReadings(before, after);
  expect(readings).toHaveLength(2 * growthGoals.length);
  const median = (label: string) => readings.find((reading) => reading.label === label)?.value;
  const failed = growthGoals.filter((goal) => (goal.value(median) ?? Number.NaN) > goal.atMost);
  expect(failed.map(({ name }) => name)).toEqual(['growth: mounts']);
  expect(growthGoals.every((goal) => !Number.isNaN(goal.value(median) ?? Number.NaN))).toBe(true);
});

test('the size of a folder is what its files take, at any depth', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hako-size-'));
  try {
    mkdirSync(join(folder, 'below'));
    const before = folderMib(folder);
    writeFileSync(join(folder, 'below/file'), Buffer.alloc(2 << 20, 1));
    expect(folderMib(folder) - before).toBeGreaterThanOrEqual(2);
    expect(folderMib(join(folder, 'none'))).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
