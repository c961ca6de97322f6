import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  describeDirectVolume,
  forgetDirectVolume,
  isDirectVolume,
  mountInfoPath,
  readDirectVolume,
} from './direct-volume.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'direct-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const source = '/var/lib/kubelet/pods/1/volumes/a~?b';
const volume = { 'volume-type': 'block', device: '/dev/sdf', fstype: 'ext4' };

function describe(info: unknown): string {
  const path = mountInfoPath(source, root);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof info === 'string' ? info : JSON.stringify(info));
  return path;
}

test('the file of a volume has its path, as base64 for URLs, in its own', () => {
  expect(mountInfoPath('/a?~>', '/root')).toBe('/root/L2E_fj4=/mountInfo.json');
});

test('a volume is one when it is described, and only as a bind mount', () => {
  const mount = { destination: '/data', type: 'bind', source };
  expect(isDirectVolume(mount, root)).toBe(false);
  describe(volume);
  expect(isDirectVolume(mount, root)).toBe(true);
  expect(isDirectVolume({ ...mount, type: 'tmpfs' }, root)).toBe(false);
});

test('device, file system, options and group are as described', () => {
  describe(volume);
  expect(readDirectVolume(source, root)).toEqual({ device: '/dev/sdf', fsType: 'ext4', options: [] });
  describe({ ...volume, options: ['noatime'], metadata: { fsGroup: '2000', fsGroupChangePolicy: 'Always' } });
  expect(readDirectVolume(source, root)).toMatchObject({ options: ['noatime'], groupId: 2000 });
});

test.each([
  ['{', /cannot be read/],
  [{ ...volume, device: 'sdf' }, /device .*absolute/],
  [{ device: '/dev/sdf' }, /fstype.*;|volume-type.*;/],
  [{ ...volume, metadata: { fsGroup: '-1' } }, /metadata\.fsGroup "-1" is no group id/],
  [{ ...volume, 'volume-type': 'spdkvol' }, /volume-type "spdkvol" is not one of block, directvol/],
])('%j is refused by name', (info, words) => {
  const path = describe(info);
  expect(() => readDirectVolume(source, root)).toThrow(words);
  expect(() => readDirectVolume(source, root)).toThrow(path);
});

test('a description is written whole or not at all, replaced, and removed with its folder', () => {
  expect(() => describeDirectVolume(source, '{}', root)).toThrow(/the mount info, which describes .*device/);
  expect(isDirectVolume({ destination: '/data', type: 'bind', source }, root)).toBe(false);
  for (const device of ['/dev/sdf', '/dev/sdg']) {
    describeDirectVolume(source, JSON.stringify({ ...volume, device }), root);
    expect(readDirectVolume(source, root)).toMatchObject({ device });
  }
  forgetDirectVolume(source, root);
  expect(readdirSync(root)).toEqual([]);
  expect(() => forgetDirectVolume(source, root)).toThrow(expect.objectContaining({ code: 'not-found' }));
});
