import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ephemeralVolume } from './ephemeral-volume.ts';

/** A pod's folder as kubelet keeps it, on the host's tmpfs for shared memory or on a disk. */
function podOn(folder: string): { pod: string; volume: string } {
  const pod = mkdtempSync(join(folder, 'hako-pod-'));
  onTestFinished(() => rmSync(pod, { recursive: true }));
  const volume = join(pod, 'volumes/kubernetes.io~empty-dir/cache');
  mkdirSync(volume, { recursive: true, mode: 0o777 });
  return { pod, volume };
}

test('an emptyDir in memory is a tmpfs of the guest', () => {
  const { volume } = podOn('/dev/shm');
  const found = ephemeralVolume(volume);
  expect(found?.guestSource).toBe('/run/kata-containers/sandbox/ephemeral/cache');
  expect(found?.storages).toMatchObject([
    {
      driver: 'ephemeral',
      mountPoint: found?.guestSource,
      options: [expect.stringMatching(/^mode=7/), expect.stringMatching(/^size=\d+$/)],
    },
  ]);
});

test('a subPath of it is a folder there', () => {
  const { pod, volume } = podOn('/dev/shm');
  const part = join(pod, 'volume-subpaths/cache/reader/0');
  mkdirSync(part, { recursive: true });
  const mountinfo = `36 35 0:25 / ${volume} rw - tmpfs tmpfs rw\n37 35 0:25 /a\\040b ${part} rw - tmpfs tmpfs rw\n`;
  const found = ephemeralVolume(part, () => mountinfo);
  expect(found?.guestSource).toBe('/run/kata-containers/sandbox/ephemeral/cache/a b');
  expect(found?.storages.map(({ driver }) => driver)).toEqual(['ephemeral', 'local']);
});

test('what is on a disk, or no emptyDir, is the host’s', () => {
  const { pod, volume } = podOn(import.meta.dirname);
  expect(ephemeralVolume(volume)).toBeUndefined();
  expect(ephemeralVolume(join(pod, 'volume-subpaths/cache/reader/0'))).toBeUndefined();
  expect(ephemeralVolume('/dev/shm')).toBeUndefined();
});
