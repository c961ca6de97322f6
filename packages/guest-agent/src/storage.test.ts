import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage } from '@hako/agent-protocol';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { RecordingMachine } from '../test/recording-machine.ts';
import { StorageTable } from './storage.ts';

let machine: RecordingMachine;
let table: StorageTable;
let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'storage-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  machine = new RecordingMachine();
  table = new StorageTable(machine, root);
});

const storage = (init: Parameters<typeof Storage.create>[0]): Storage => Storage.create(init);

/** What was asked of the machine, but for modules, which depend on the test host's kernel. */
const log = (): string[] =>
  machine.log.filter((line) => !line.startsWith('modules ')).map((line) => line.replaceAll(root, 'R'));

test('mounts in order and unmounts backwards', async () => {
  const mountPoints = await table.add([
    storage({
      driver: 'virtio-fs',
      source: 'kataShared',
      fstype: 'virtiofs',
      options: ['nodev'],
      mountPoint: join(root, 'shared'),
    }),
    storage({
      driver: '9p',
      source: 'tag',
      fstype: '9p',
      options: ['trans=virtio,version=9p2000.L', 'ro'],
      mountPoint: `${join(root, 'p9')}/`,
    }),
    storage({
      driver: 'ephemeral',
      source: 'tmpfs',
      fstype: 'tmpfs',
      options: ['size=1M'],
      mountPoint: join(root, 'shm'),
    }),
    storage({
      driver: 'overlayfs',
      source: 'overlay',
      fstype: 'overlay',
      options: [`lowerdir=${root}/p9,upperdir=${root}/up,workdir=${root}/work`],
      mountPoint: join(root, 'rootfs'),
    }),
  ]);
  expect(log()).toEqual([
    'mount virtiofs kataShared R/shared 4',
    'mount 9p tag R/p9 1 trans=virtio,version=9p2000.L',
    'mount tmpfs tmpfs R/shm 0 size=1M',
    'mount overlay overlay R/rootfs 0 lowerdir=R/p9,upperdir=R/up,workdir=R/work',
  ]);
  expect(statSync(join(root, 'work')).isDirectory()).toBe(true);
  machine.log.length = 0;
  table.release(mountPoints);
  // The tmpfs stays: it is the sandbox's.
  expect(log()).toEqual(['unmount R/rootfs', 'unmount R/p9', 'unmount R/shared']);
});

test('binds files and folders, read-only by a remount', async () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  await table.add([
    storage({
      driver: 'bind',
      source: file,
      fstype: 'bind',
      options: ['rbind', 'ro', 'rslave'],
      mountPoint: join(root, 'a/b'),
    }),
    storage({ driver: 'bind', source: root, fstype: 'bind', mountPoint: join(root, 'dir') }),
  ]);
  expect(log()).toEqual([
    'mount - R/file R/a/b 20480',
    'mount - none R/a/b 20513',
    'mount - none R/a/b 540672',
    'mount - R R/dir 4096',
  ]);
  expect(statSync(join(root, 'a/b')).isFile()).toBe(true);
  expect(statSync(join(root, 'dir')).isDirectory()).toBe(true);
});

test('makes local folders with mode and group', async () => {
  await table.add([
    storage({
      driver: 'local',
      source: 'local',
      fstype: 'local',
      options: ['mode=0750'],
      mountPoint: join(root, 'local'),
      fsGroup: { groupId: process.getgid?.() ?? 0 },
    }),
  ]);
  expect(statSync(join(root, 'local')).mode & 0o7777).toBe(0o2770);
  expect(log()).toEqual([]);
});

test('one mount point is mounted once, for all its users', async () => {
  const shared = storage({ driver: '9p', source: 'tag', mountPoint: join(root, 'tag') });
  const first = await table.add([shared]);
  const second = await table.add([shared]);
  table.release(first);
  expect(log()).toEqual(['mount 9p tag R/tag 0']);
  table.release(second);
  expect(log()).toEqual(['mount 9p tag R/tag 0', 'unmount R/tag']);
});

test('a volume that lives in the guest outlives its users', async () => {
  const volume = storage({ driver: 'ephemeral', mountPoint: join(root, 'volume') });
  table.release(await table.add([volume]));
  await table.add([volume]);
  expect(log()).toEqual(['mount tmpfs ephemeral R/volume 0']);
});

test('a failure undoes what was mounted before it', async () => {
  machine.failingTarget = join(root, 'b');
  await expect(
    table.add([
      storage({ driver: 'ephemeral', mountPoint: join(root, 'a') }),
      storage({ driver: 'ephemeral', mountPoint: join(root, 'b') }),
    ]),
  ).rejects.toThrow('mount on');
  expect(log()).toEqual(['mount tmpfs ephemeral R/a 0', 'unmount R/a']);
});

test.each([
  ['another driver', { driver: 'blk-ccw', mountPoint: '/x' }, 'unimplemented'],
  ['a mount point elsewhere', { driver: 'ephemeral', mountPoint: '/etc' }, 'invalid-argument'],
  ['the root itself', { driver: 'ephemeral', mountPoint: '' }, 'invalid-argument'],
])('refuses %s', async (_what, init, code) => {
  await expect(table.add([storage(init)])).rejects.toMatchObject({ code });
  expect(machine.log).toEqual([]);
});

test('refuses mount points that lead out of the root', async () => {
  await expect(
    table.add([storage({ driver: 'ephemeral', mountPoint: `${root}/../x` })]),
  ).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  mkdirSync(join(root, 'real'));
  symlinkSync(join(root, 'real'), join(root, 'link'));
  await expect(
    table.add([storage({ driver: 'ephemeral', mountPoint: `${root}/link/x` })]),
  ).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('leads through a link') as string,
  });
  expect(log()).toEqual([]);
});

test('a mount in memory gets another size; what is none is refused before anything is changed', async () => {
  const shm = storage({
    driver: 'ephemeral',
    source: 'tmpfs',
    fstype: 'tmpfs',
    options: ['size=1M'],
    mountPoint: join(root, 'shm'),
  });
  await table.add([shm]);
  machine.log.length = 0;
  const larger = { ...shm, options: ['size=2M', 'noexec'] };
  const other = storage({ driver: 'ephemeral', mountPoint: join(root, 'other') });
  expect(() => table.remountEphemeral([larger, other])).toThrow(/there is no mount in memory at/);
  expect(machine.log).toEqual([]);
  table.remountEphemeral([larger]);
  expect(log()).toEqual(['mount - none R/shm 40 size=2M']);
});

test('a watchable folder is a copy in memory; a file, and a folder that is too large, are bound', async () => {
  const source = join(root, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'key'), 'value', { mode: 0o600 });
  const watchable = (from: string, to: string): Storage =>
    storage({
      driver: 'watchable-bind',
      fstype: 'bind',
      options: ['bind'],
      source: from,
      mountPoint: join(root, to),
    });
  const large = join(root, 'large');
  mkdirSync(large);
  writeFileSync(join(large, 'file'), new Uint8Array(9 * 1024 * 1024));
  const mounted = await table.add([
    watchable(source, 'copy'),
    watchable(join(source, 'key'), 'one'),
    watchable(large, 'bound'),
  ]);
  expect(readFileSync(join(root, 'copy/key'), 'utf8')).toBe('value');
  expect(log()).toEqual([
    'mount tmpfs tmpfs R/copy 6 mode=755',
    'mount - R/source/key R/one 4096',
    'mount tmpfs tmpfs R/bound 6 mode=755',
    'unmount R/bound',
    'mount - R/large R/bound 4096',
  ]);
  table.release(mounted);
  expect(log().slice(-3)).toEqual(['unmount R/bound', 'unmount R/one', 'unmount R/copy']);
});
