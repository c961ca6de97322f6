import { expect, test } from 'vitest';
import { cgroupHierarchies, cgroupOf } from './cgroup-hierarchies.ts';

const hybrid = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
41 31 0:38 / /sys/fs/cgroup/uni\\040fied rw,relatime - cgroup2 cgroup2 rw
42 31 0:29 / /elsewhere rw,relatime - cgroup cgroup rw,cpu,cpuacct
`;

test('all hierarchies but cpuset, each once', () => {
  expect(cgroupHierarchies(hybrid)).toEqual([
    { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
    { mountPoint: '/sys/fs/cgroup/systemd', controllers: ['name=systemd'] },
    { mountPoint: '/sys/fs/cgroup/uni fied' },
  ]);
});

test('a host with version 2 alone', () => {
  const text = '24 23 0:21 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
  expect(cgroupHierarchies(text)).toEqual([{ mountPoint: '/sys/fs/cgroup' }]);
});

test('where a process is, by hierarchy', () => {
  const text = '9:name=systemd:/s\n4:cpuacct,cpu:/a:b\n0::/two\n';
  const [cpu, systemd, two] = cgroupHierarchies(hybrid);
  expect(cpu && cgroupOf(cpu, text)).toBe('/a:b');
  expect(systemd && cgroupOf(systemd, text)).toBe('/s');
  expect(two && cgroupOf(two, text)).toBe('/two');
  expect(cgroupOf({ mountPoint: '/x', controllers: ['pids'] }, text)).toBeUndefined();
});
