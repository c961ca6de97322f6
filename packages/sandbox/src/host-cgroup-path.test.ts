import { expect, test } from 'vitest';
import { hostCgroupPath } from './host-cgroup-path.ts';

test.each([
  [undefined, '/hako-box'],
  ['', '/hako-box'],
  ['/libpod_parent/libpod-1', '/libpod_parent/libpod-1'],
  ['a/b', '/a/b'],
  ['/a/../../b', '/b'],
])('%j is %s', (path, expected) => {
  expect(hostCgroupPath(path, 'box', { systemd: false })).toBe(expected);
});

test.each([
  ['machine.slice:libpod:1', '/machine.slice/libpod-1.scope'],
  [
    'kubepods-burstable-pod1.slice:cri:9',
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-9.scope',
  ],
  [':p:n', '/system.slice/p-n.scope'],
])('with systemd %j is %s', (path, expected) => {
  expect(hostCgroupPath(path, 'box', { systemd: true })).toBe(expected);
});

test.each(['/a/b', 'a:b', 'a:b:c:d', 'a:/b:c'])('with systemd %j is refused', (path) => {
  expect(() => hostCgroupPath(path, 'box', { systemd: true })).toThrow('SLICE:PREFIX:NAME');
});
