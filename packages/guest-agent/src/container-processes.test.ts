import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { containerProcesses } from './container-processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-processes-'));
afterAll(() => rmSync(folder, { recursive: true }));

function addProcess(pid: number, stat: string, status: string, cmdline: string): void {
  mkdirSync(join(folder, 'proc', String(pid)), { recursive: true });
  for (const [name, text] of Object.entries({ stat, status, cmdline })) {
    writeFileSync(join(folder, 'proc', String(pid), name), text);
  }
}

test('processes of a cgroup and those below it, with the pids of the container', () => {
  mkdirSync(join(folder, 'cgroup/inner'), { recursive: true });
  writeFileSync(join(folder, 'cgroup/cgroup.procs'), '70\n99\n');
  writeFileSync(join(folder, 'cgroup/inner/cgroup.procs'), '71\n');
  addProcess(
    70,
    `70 (sh) S 1 70 70 0 -1 4194560 1 2 3 4 25 5 0 0 20 0 1 0 200 1000 33 18446744073709551615`,
    'Name:\tsh\nUid:\t5\t5\t5\t5\nNSpid:\t70\t1\n',
    'sh\0-c\0sleep 1\0',
  );
  addProcess(
    71,
    `71 (a) b)) R 70 70 70 34817 -1 4194560 1 2 3 4 0 0 0 0 20 0 1 0 350 1000 2 1844`,
    'Name:\ta\nUid:\t0\t0\t0\t0\nNSpid:\t71\t2\n',
    '',
  );
  writeFileSync(join(folder, 'proc/stat'), 'cpu 1 2\nbtime 1000\n');
  // 99 has ended.
  expect(containerProcesses(join(folder, 'cgroup'), join(folder, 'proc'))).toEqual([
    {
      pid: 1,
      ppid: 0,
      uid: 5,
      cpuMs: 300,
      startedAt: 1002,
      rssKib: 132,
      tty: '?',
      state: 'S',
      command: 'sh -c sleep 1',
    },
    {
      pid: 2,
      ppid: 1,
      uid: 0,
      cpuMs: 0,
      startedAt: 1003,
      rssKib: 8,
      tty: 'pts/1',
      state: 'R',
      command: '[a) b)]',
    },
  ]);
});
