import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SnapshotScope, takeSnapshot } from './host-snapshot.ts';
import { findLeaks, waitForNoLeaks } from './leaks.ts';

let folder: string;
let scope: SnapshotScope;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-leaks-'));
  scope = {
    runId: `leaks-test-${process.pid}-${Math.random()}`,
    workspace: '/nowhere',
    stateFolders: [],
    temporaryFolder: folder,
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('findLeaks', () => {
  it('finds a process of this run that was started in between, and not one of another run', async () => {
    const before = takeSnapshot(scope);
    const start = (runId: string) =>
      spawn('sleep', ['1000'], { env: { ...process.env, HAKO_TEST_RUN: runId }, stdio: 'ignore' });
    const ours = start(scope.runId);
    const other = start('another');
    await Promise.all([once(ours, 'spawn'), once(other, 'spawn')]);
    try {
      expect(findLeaks(before, takeSnapshot(scope)).get('processes')).toEqual(['sleep 1000']);
    } finally {
      ours.kill();
      other.kill();
      await Promise.all([once(ours, 'exit'), once(other, 'exit')]);
    }
    expect(findLeaks(before, takeSnapshot(scope)).get('processes')).toBeUndefined();
  });

  it('finds a cgroup that nobody is in, or a process of this run, and not one that others are in', async () => {
    const child = spawn('sleep', ['1000'], { env: { HAKO_TEST_RUN: scope.runId }, stdio: 'ignore' });
    await once(child, 'spawn');
    try {
      const cgroupRoot = join(folder, 'cgroup');
      const make = (name: string, pids: string) => {
        mkdirSync(join(cgroupRoot, name), { recursive: true });
        writeFileSync(join(cgroupRoot, name, 'cgroup.procs'), pids);
      };
      make('early', `${process.pid}\n`);
      const before = takeSnapshot({ ...scope, cgroupRoot });
      make('early', '');
      make('empty', '');
      make('ours', `${process.pid}\n${child.pid}\n`);
      make('theirs/lower', `${process.pid}\n`);
      const after = takeSnapshot({ ...scope, cgroupRoot, ownCgroupsOnly: true });
      const left = ['empty', 'ours'].map((name) => join(cgroupRoot, name));
      expect(findLeaks(before, after).get('cgroups')?.toSorted()).toEqual(left);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });

  it('finds a file in the temporary folder', () => {
    const before = takeSnapshot(scope);
    writeFileSync(join(folder, 'left'), '');
    expect(findLeaks(before, takeSnapshot(scope)).get('temporary files')).toEqual([join(folder, 'left')]);
  });

  it('finds what has gone and come again under the same name only where the identity tells', () => {
    const empty = takeSnapshot(scope);
    const before = { ...empty, processes: new Map([['7 started 100', 'qemu']]) };
    const after = { ...empty, processes: new Map([['7 started 200', 'qemu']]) };
    expect(findLeaks(before, after)).toEqual(new Map([['processes', ['qemu']]]));
  });
});

describe('waitForNoLeaks', () => {
  it('gives things time to go, and reports what stays', async () => {
    const before = takeSnapshot(scope);
    const dirty = { ...before, mounts: new Map([...before.mounts, ['new', '/mnt']]) };
    const looks = [dirty, dirty, before];
    const timing = { deadlineMs: 1000, intervalMs: 1 };
    expect((await waitForNoLeaks(before, () => looks.shift() ?? before, timing)).size).toBe(0);
    const stays = await waitForNoLeaks(before, () => dirty, { deadlineMs: 5, intervalMs: 1 });
    expect(stays).toEqual(new Map([['mounts', ['/mnt']]]));
  });
});
