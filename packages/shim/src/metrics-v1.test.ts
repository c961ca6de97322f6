import { Metrics as MetricsV1 } from '@hako/task-protocol/cgroups-v1';
import { Metrics } from '@hako/task-protocol/cgroups-v2';
import { expect, test } from 'vitest';
import { hostMetricsVersion, toMetricsV1 } from './metrics-v1.ts';

test('the figures of v2 under the names of v1', () => {
  const metrics = Metrics.create({
    pids: { current: 3n, limit: 100n },
    cpu: { usageUsec: 7n, userUsec: 5n, systemUsec: 2n, nrPeriods: 4n, nrThrottled: 1n, throttledUsec: 9n },
    memory: {
      anon: 10n,
      file: 20n,
      inactiveFile: 8n,
      usage: 100n,
      usageLimit: 1n << 20n,
      maxUsage: 120n,
      swapUsage: 30n,
      swapLimit: 2n ** 64n - 1n,
    },
    memoryEvents: { max: 6n, oomKill: 2n },
    io: { usage: [{ major: 8n, minor: 1n, rbytes: 1n, wbytes: 2n, rios: 3n, wios: 4n }] },
    hugetlb: [{ pagesize: '2MB', current: 1n, max: 2n, failcnt: 3n }],
    network: [{ name: 'eth0', rxBytes: 5n }],
  });
  const v1 = toMetricsV1(metrics);
  expect(v1).toMatchObject({
    pids: { current: 3n, limit: 100n },
    cpu: {
      usage: { total: 7000n, user: 5000n, kernel: 2000n },
      throttling: { periods: 4n, throttledPeriods: 1n, throttledTime: 9000n },
    },
    memory: {
      cache: 20n,
      rss: 10n,
      // From which CRI's working set is taken off.
      totalInactiveFile: 8n,
      usage: { usage: 100n, limit: 1n << 20n, max: 120n, failcnt: 6n },
      swap: { usage: 130n, limit: 2n ** 64n - 1n },
    },
    blkio: {
      ioServiceBytesRecursive: [
        { op: 'Read', major: 8n, minor: 1n, value: 1n },
        { op: 'Write', major: 8n, minor: 1n, value: 2n },
      ],
    },
    hugetlb: [{ pagesize: '2MB', usage: 1n, max: 2n, failcnt: 3n }],
    network: [{ name: 'eth0', rxBytes: 5n }],
    memoryOomControl: { oomKill: 2n },
  });
  expect(MetricsV1.decode(MetricsV1.encode(v1))).toEqual(v1);
  expect(toMetricsV1(Metrics.create({}))).toMatchObject({ cpu: { usage: { total: 0n } }, hugetlb: [] });
});

test('v1 wherever cgroup v2 is not alone', () => {
  expect(hostMetricsVersion('/tmp')).toBe('v1');
  expect(hostMetricsVersion('/no/such/place')).toBe('v2');
});
