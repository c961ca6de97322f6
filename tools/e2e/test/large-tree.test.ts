import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFileProgram } from '../src/compile-file-program.ts';
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
  for (let index = 0; index < files; index++) {
    const dir = join(tree, `${Math.floor(index / filesInFolder)}`);
    if (index % filesInFolder === 0) mkdirSync(dir);
    writeFileSync(join(dir, `${index}`), '');
  }
});
afterAll(async () => {
  execFileSync('umount', [tree]);
  await bench.close();
});

function bundleOf(script: string): string {
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/data', type: 'bind', source: tree, options: ['bind', 'ro'] },
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
