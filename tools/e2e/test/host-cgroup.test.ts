import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workbench } from '../src/workbench.ts';

const cgroup = '/hako-e2e/inner/box';

const namespaces = ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type }));

let bench: Workbench;
beforeAll(() => {
  bench = new Workbench();
});
afterAll(() => bench.close());

function cgroupsOnHost(): string {
  return execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '3', '-name', 'hako-e2e'], {
    encoding: 'utf8',
  });
}

test('QEMU, virtiofsd, shim and stand-in live in the cgroup that cgroupsPath names, and nothing of it stays', async () => {
  const bundle = bench.bundle(['sleep', '1000'], { extra: { linux: { cgroupsPath: cgroup, namespaces } } });
  const { exitCode, stderr } = await bench.create(['--bundle', bundle, 'box']);
  expect(`${exitCode} ${stderr}`).toBe('0 ');
  const { pid } = JSON.parse((await bench.hako(['state', 'box'])).stdout) as { readonly pid: number };
  const pids = [pid, ...['shim', 'qemu', 'virtiofsd'].map((role) => bench.pidOf('box', role))];
  for (const each of pids) {
    const lines = readFileSync(`/proc/${each}/cgroup`, 'utf8').trim().split('\n');
    const elsewhere = lines.filter((line) => !line.endsWith(`:${cgroup}`) && !line.includes(':cpuset:'));
    expect(elsewhere).toEqual([]);
  }
  expect(cgroupsOnHost()).not.toBe('');
  await bench.hako(['delete', 'box']);
  expect(cgroupsOnHost()).toBe('');
});
