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

function cgroupsOnHost(name: string): string {
  return execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '3', '-name', name], {
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
  expect(cgroupsOnHost('hako-e2e')).not.toBe('');
  await bench.hako(['delete', 'box']);
  expect(cgroupsOnHost('hako-e2e')).toBe('');
});

test('sandboxes of two state roots with the same id have one cgroup, and the last of them to end removes it', async () => {
  const other = new Workbench();
  try {
    for (const each of [bench, other])
      await each.create(['--bundle', each.bundle(['sleep', '1000']), 'e2e-same']);
    expect(await bench.hako(['delete', '--force', 'e2e-same'])).toMatchObject({ exitCode: 0, stderr: '' });
    const pid = other.pidOf('e2e-same', 'shim');
    expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toContain(':/hako-e2e-same');
    expect(await other.hako(['delete', '--force', 'e2e-same'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(cgroupsOnHost('hako-e2e-same')).toBe('');
  } finally {
    await other.close();
  }
});
