import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withLine } from '@hako/bundles/toml-line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileFileProgram } from '../src/compile-file-program.ts';
import { Workbench } from '../src/workbench.ts';

// What POSIX says of files, on each way to share them. What differs is in packages/sandbox/README.md.
let bench: Workbench;
beforeAll(async () => {
  bench = new Workbench();
  await compileFileProgram(bench.rootfs);
});
afterAll(() => bench.close());

/** Files of a tree. */
const smallTree = 400;

const virtioFs = ['user xattrs: setxattr: EOPNOTSUPP', 'files without a name: open: EOPNOTSUPP'];
const uncached = virtioFs.toSpliced(1, 0, 'mapped shared: mmap: ENODEV');
const plan9 = [
  'rename noreplace: renameat2: EINVAL',
  'rename exchange: renameat2: EINVAL',
  'flock and record locks do not meet: fcntl: EAGAIN',
  'holes are found: first data is 0, not 1048576',
  'space in advance: fallocate: EOPNOTSUPP',
  'holes are punched: fallocate: EOPNOTSUPP',
  'inotify of own changes: read: EAGAIN',
  'times: mtime is 1100000000000, not 1100000000987.6543',
  'named pipes: mknod: ENXIO',
  'sockets: bind: ENXIO',
  'files without a name: open: EOPNOTSUPP',
];

test.each([
  ['virtio-never', ['shared_fs = "virtio-fs"', 'virtio_fs_cache = "never"'], uncached],
  ['virtio-auto', ['shared_fs = "virtio-fs"', 'virtio_fs_cache = "auto"'], virtioFs],
  ['virtio-always', ['shared_fs = "virtio-fs"', 'virtio_fs_cache = "always"'], virtioFs],
  ['9p', ['shared_fs = "virtio-9p"'], plan9],
])('files of a volume by %s', async (id, lines, differences) => {
  const data = join(bench.folder, `data-${id}`);
  mkdirSync(data);
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
    { destination: '/data', type: 'bind', source: data, options: ['bind'] },
  ];
  const config = bench.configuration((text) => lines.reduce((all, line) => withLine(all, line), text));
  const script = `file-checks check /data; file-checks tree /data ${smallTree}`;
  const bundle = bench.bundle(['sh', '-c', script], { extra: { mounts } });
  const { stdout, stderr } = await bench.hako(['--config', config, 'run', '--bundle', bundle, id]);
  expect(stderr).not.toContain('file-checks');
  expect(stdout).toContain(`${smallTree} files`);
  expect(stdout.split('\n').filter((line) => !/: ok$/.test(line) && line !== '')).toEqual(differences);
});
