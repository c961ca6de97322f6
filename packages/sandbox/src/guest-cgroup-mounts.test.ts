import { expect, test } from 'vitest';
import { guestCgroupMounts } from './guest-cgroup-mounts.ts';

const cgroup = { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'ro'] };
const systemd = (options: string[]) => ({
  destination: '/sys/fs/cgroup/systemd',
  type: 'bind',
  source: '/sys/fs/cgroup/systemd',
  options,
});

test('a hierarchy of cgroup v1 is left out; what is written there is written to the one that the guest has', () => {
  expect(guestCgroupMounts([cgroup, systemd(['bind'])])).toEqual([{ ...cgroup, options: ['nosuid'] }]);
  expect(guestCgroupMounts([cgroup, systemd(['bind', 'ro'])])).toEqual([cgroup]);
});

test('all else stays', () => {
  const mounts = [cgroup, { destination: '/v', type: 'bind', source: '/sys/fs/cgroup/systemd' }];
  expect(guestCgroupMounts(mounts)).toEqual(mounts);
});
