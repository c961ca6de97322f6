import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { rootfsDisk } from './rootfs-disk.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-rootfs-disk-'));
const image = join(folder, 'image');
writeFileSync(image, '');
afterAll(() => rmSync(folder, { recursive: true }));

const mount = { type: 'ext4', source: image, target: '', options: ['loop', 'ro', 'noatime'] };
const allowed = { disableBlockDeviceUse: false };

test('an image file that would be mounted by a loop device becomes a disk', () => {
  expect(rootfsDisk([mount], allowed)).toEqual({ path: image, fsType: 'ext4', options: ['ro', 'noatime'] });
});

test.each([
  ['what the configuration excludes', [mount], { disableBlockDeviceUse: true }],
  ['several mounts', [mount, mount], allowed],
  ['none', [], allowed],
  ['a file system that the guest does not have', [{ ...mount, type: 'btrfs' }], allowed],
  ['a part of a root', [{ ...mount, target: '/etc' }], allowed],
  ['a file that is no disk', [{ ...mount, options: [] }], allowed],
  ['what is not there', [{ ...mount, source: '/nowhere' }], allowed],
])('not %s', (_what, mounts, config) => {
  expect(rootfsDisk(mounts, config)).toBeUndefined();
});
