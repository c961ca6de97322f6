import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFileProgram } from '../src/compile-file-program.ts';
import { until } from '../src/until.ts';
import { Workbench } from '../src/workbench.ts';

// A tree of 100,000 files that the host has made, by each way to share. What is found is in packages/sandbox/README.md.
const files = 100_000;
const filesInFolder = 500;
/** Fewer than the tree has. */
const openFiles = 3000;

let bench: Workbench;
/** In memory, since that many files take a disk anything between seconds and minutes. */
let tree: string;
beforeAll(async () => {
  bench = new Workbench();
  await compileFileProgram(bench.rootfs);
  tree = join(bench.folder, 'tree');
  mkdirSync(tree);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', tree]);
  fill(tree);
});
afterAll(async () => {
  execFileSync('umount', [tree]);
  await bench.close();
});

function fill(folder: string): void {
  for (let index = 0; index < files; index++) {
    const dir = join(folder, `${Math.floor(index / filesInFolder)}`);
    if (index % filesInFolder === 0) mkdirSync(dir);
    writeFileSync(join(dir, `${index}`), '');
  }
}

function bundleOf(script: string, access = 'ro'): string {
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/data', type: 'bind', source: tree, options: ['bind', access] },
  ];
  return bench.bundle(['sh', '-c', script], { extra: { mounts } });
}

test.each([
  ['virtio-never', 'virtio_fs_cache = "never"'],
  ['virtio-auto', 'virtio_fs_cache = "auto"'],
  ['9p', 'shared_fs = "virtio-9p"'],
])('a guest counts the files of a large tree by %s', async (id, line) => {
  const config = bench.configuration((text) => withLine(text, line));
  const counted = await bench.hako([
    ...['--config', config, 'run', '--bundle'],
    ...[bundleOf('file-checks count /data'), id],
  ]);
  expect(counted).toMatchObject({ exitCode: 0, stdout: `${files} files\n` });
});

test('a guest that has looked at as many files as virtiofsd may open gets EMFILE, for every file of its share', async () => {
  const config = bench.configuration((text) => text);
  const bundle = bundleOf('file-checks count /data looking; cat /etc/passwd || echo goes on');
  const limits = `setpriv --bounding-set -sys_resource prlimit --nofile=${openFiles}`;
  const { exitCode, stdout, stderr } = await bench.shell(
    `${limits} "$HAKO" --root "$ROOT" --config ${config} run --bundle ${bundle} few`,
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'goes on\n' });
  expect(stderr).toMatch(/EMFILE: too many open files, stat '\/data\//);
  expect(stderr).toContain("cat: can't open '/etc/passwd'");
});

/** How many files the processes of a session have open. */
function openFilesOf(session: number): number {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && sessionOf(pid) === session)
    .reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0);
}

function sessionOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[3]);
  } catch {
    // It has ended.
    return undefined;
  }
}

// By the way that is served fastest: the others need minutes for so many, emulated, 9p up to five or more.
test('a guest removes a large tree: none of it is left on the host, or open', async () => {
  const config = bench.configuration((text) => withLine(text, 'virtio_fs_cache = "auto"'));
  const bundle = bundleOf('sleep 10000', 'rw');
  const started = await bench.detached(['--config', config, 'run', '--detach', '--bundle', bundle, 'rm']);
  expect(started).toMatchObject({ exitCode: 0 });
  const pid = bench.pidOf('rm', 'virtiofsd');
  mkdirSync(join(tree, 'small'));
  // What an exec needs of the share is known to the guest then.
  const small = await bench.hako(['exec', 'rm', 'sh', '-c', 'rm -r /data/small']);
  expect(small).toMatchObject({ exitCode: 0, stderr: '' });
  const before = openFilesOf(pid);
  const removed = await bench.hako(['exec', 'rm', 'sh', '-c', 'rm -r /data/*'], { timeoutMs: 280_000 });
  expect(removed).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  expect(readdirSync(tree)).toEqual([]);
  await until(() => openFilesOf(pid) <= before, 'the last of them are closed');
  expect((await bench.hako(['delete', '--force', 'rm'])).exitCode).toBe(0);
  expect(bench.leftovers()).toEqual([]);
  fill(tree);
}, 320_000);

test('a guest removes a smaller tree by 9p: none of it is left on the host, or open', async () => {
  const some = join(tree, 'some');
  for (const folder of ['one', 'two']) {
    mkdirSync(join(some, folder), { recursive: true });
    for (let index = 0; index < filesInFolder; index++) writeFileSync(join(some, folder, `${index}`), '');
  }
  const config = bench.configuration((text) => withLine(text, 'shared_fs = "virtio-9p"'));
  const bundle = bundleOf('sleep 10000', 'rw');
  const started = await bench.detached(['--config', config, 'run', '--detach', '--bundle', bundle, 'rm-9p']);
  expect(started).toMatchObject({ exitCode: 0 });
  const open = () => readdirSync(`/proc/${bench.pidOf('rm-9p', 'qemu')}/fd`).length;
  const remove = (path: string) => bench.hako(['exec', 'rm-9p', 'rm', '-rf', path], { timeoutMs: 120_000 });
  // What an exec needs of the share is known to the guest then.
  expect(await remove('/data/some/one')).toMatchObject({ exitCode: 0, stderr: '' });
  const before = open();
  expect(await remove('/data/some')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  expect(readdirSync(tree)).not.toContain('some');
  await until(() => open() <= before, 'the last of them are closed');
  expect((await bench.hako(['delete', '--force', 'rm-9p'])).exitCode).toBe(0);
}, 280_000);
