import { StatsContainerResponse } from '@hako/agent-protocol';
import { expect, test } from 'vitest';
import { containerMetrics } from './container-metrics.ts';

test('the guest’s figures become containerd’s metrics of cgroup v2', () => {
  const stats = StatsContainerResponse.create({
    cgroupStats: {
      cpuStats: {
        cpuUsage: {
          totalUsage: 5_000_000n,
          percpuUsage: [],
          usageInKernelmode: 2_000_000n,
          usageInUsermode: 3_000_000n,
        },
        throttlingData: { periods: 4n, throttledPeriods: 1n, throttledTime: 7000n },
      },
      memoryStats: {
        cache: 4096n,
        usage: { usage: 8192n, maxUsage: 9000n, failcnt: 3n, limit: 1n << 20n },
        useHierarchy: true,
        stats: { anon: 100n, inactive_file: 50n, thp_fault_alloc: 2n, not_a_field: 9n },
      },
      pidsStats: { current: 2n, limit: 100n },
      blkioStats: {
        ioServiceBytesRecursive: [
          { major: 8n, minor: 0n, op: 'read', value: 10n },
          { major: 8n, minor: 0n, op: 'Write', value: 20n },
        ],
        ioServicedRecursive: [{ major: 8n, minor: 0n, op: 'read', value: 1n }],
        ioQueuedRecursive: [],
        ioServiceTimeRecursive: [],
        ioWaitTimeRecursive: [],
        ioMergedRecursive: [],
        ioTimeRecursive: [],
        sectorsRecursive: [],
      },
      hugetlbStats: { '2MB': { usage: 1n, maxUsage: 2n, failcnt: 0n } },
    },
    networkStats: [],
  });
  expect(containerMetrics({ stats, oomKills: 6 })).toMatchObject({
    cpu: {
      usageUsec: 5000n,
      userUsec: 3000n,
      systemUsec: 2000n,
      nrPeriods: 4n,
      nrThrottled: 1n,
      throttledUsec: 7n,
    },
    memory: { usage: 8192n, usageLimit: 1n << 20n, anon: 100n, inactiveFile: 50n, thpFaultAlloc: 2n },
    memoryEvents: { max: 3n, oomKill: 6n },
    pids: { current: 2n, limit: 100n },
    io: { usage: [{ major: 8n, minor: 0n, rbytes: 10n, wbytes: 20n, rios: 1n, wios: 0n }] },
    hugetlb: [{ pagesize: '2MB', current: 1n, max: 2n, failcnt: 0n }],
  });
});

test('an agent that tells nothing gives zeros', () => {
  expect(containerMetrics({ stats: StatsContainerResponse.create({}), oomKills: 0 })).toMatchObject({
    pids: { current: 0n },
    network: [],
  });
});
