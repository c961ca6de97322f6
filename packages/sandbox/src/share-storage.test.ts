import { defaultRuntimeConfig } from '@hako/config';
import { expect, test } from 'vitest';
import { shareStorage } from './share-storage.ts';

test('the share is mounted by its transport, 9p with messages of msize9pBytes', () => {
  expect(shareStorage('virtio-fs', 8192)).toMatchObject({
    driver: 'virtio-fs',
    fstype: 'virtiofs',
    options: [],
  });
  const { msize9pBytes } = { ...defaultRuntimeConfig().hypervisor, msize9pBytes: 65_536 };
  expect(shareStorage('virtio-9p', msize9pBytes)).toMatchObject({
    driver: '9p',
    options: expect.arrayContaining(['version=9p2000.L', 'msize=65536']),
  });
});
