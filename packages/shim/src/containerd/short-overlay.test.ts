import { expect, test } from 'vitest';
import { shortOverlay } from './short-overlay.ts';

test('options that fit stay as they are', () => {
  expect(shortOverlay(['index=off', 'lowerdir=/a:/b'])).toEqual({ data: 'index=off,lowerdir=/a:/b' });
});

test('the folders of many layers are named from the one above them all', () => {
  const root = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots';
  const layers = Array.from({ length: 120 }, (_, index) => `${root}/${index + 1}/fs`);
  const { data, directory } = shortOverlay([
    'index=off',
    `workdir=${root}/200/work`,
    `upperdir=${root}/200/fs`,
    `lowerdir=${layers.join(':')}`,
  ]);
  expect(directory).toBe(root);
  expect(data).toContain(`upperdir=${root}/200/fs,lowerdir=1/fs:2/fs:3/fs:`);
  expect(data.length).toBeLessThan(4096);
});

test('a folder whose name begins like another is not above it', () => {
  const far = 'x'.repeat(2100);
  expect(shortOverlay([`lowerdir=/a/b/${far}:/a/bc/${far}`]).directory).toBe('/a');
});
