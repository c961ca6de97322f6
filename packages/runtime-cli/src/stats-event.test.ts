import { Metrics } from '@hako/task-protocol/cgroups-v2';
import { expect, test } from 'vitest';
import { statsEvent } from './stats-event.ts';

test('runc’s shape, and what the sandbox costs beside it', () => {
  const metrics = Metrics.create({
    cpu: {
      usageUsec: 5000n,
      userUsec: 3000n,
      systemUsec: 2000n,
      nrPeriods: 4n,
      nrThrottled: 1n,
      throttledUsec: 7n,
    },
    memory: {
      usage: 100n,
      usageLimit: 1000n,
      swapUsage: 10n,
      swapLimit: 2n ** 64n - 1n,
      file: 40n,
      inactiveFile: 5n,
    },
    pids: { current: 2n, limit: 2n ** 64n - 1n },
    io: { usage: [{ major: 8n, minor: 0n, rbytes: 1n, wbytes: 2n, rios: 3n, wios: 4n }] },
    memoryEvents: { max: 6n },
    network: [
      {
        name: 'eth0',
        rxBytes: 1n,
        rxPackets: 2n,
        rxErrors: 0n,
        rxDropped: 0n,
        txBytes: 3n,
        txPackets: 4n,
        txErrors: 0n,
        txDropped: 0n,
      },
    ],
  });
  const processes = [
    { role: 'shim', pid: 7, cpuNs: 1_000_000, memoryBytes: 50 },
    { role: 'qemu', pid: 8, cpuNs: 9_000_000, memoryBytes: 300 },
  ];
  expect(statsEvent('c', metrics, processes)).toMatchObject({
    type: 'stats',
    id: 'c',
    data: {
      cpu: {
        usage: { total: 5_000_000n, kernel: 2_000_000n, user: 3_000_000n },
        throttling: { periods: 4n, throttledPeriods: 1n, throttledTime: 7000n },
      },
      memory: {
        cache: 40n,
        usage: { limit: 1000n, usage: 100n, failcnt: 6n },
        swap: { usage: 110n, limit: 2n ** 64n - 1n },
        raw: { file: 40n, inactive_file: 5n },
      },
      pids: { current: 2n, limit: 0n },
      blkio: {
        ioServiceBytesRecursive: [
          { major: 8n, minor: 0n, op: 'Read', value: 1n },
          { major: 8n, minor: 0n, op: 'Write', value: 2n },
        ],
      },
      network_interfaces: [{ Name: 'eth0', RxBytes: 1n, TxPackets: 4n }],
    },
    sandbox: {
      cpu: 10_000_000,
      memory: 350,
      overhead: { cpu: 5_000_000, memory: 250 },
      processes: [
        { role: 'shim', pid: 7, cpu: 1_000_000, memory: 50 },
        { role: 'qemu', pid: 8, cpu: 9_000_000, memory: 300 },
      ],
    },
  });
});

test('a guest that tells nothing gives zeros', () => {
  expect(statsEvent('c', Metrics.create({}), [])).toMatchObject({
    data: { memory: { usage: { usage: 0n } }, network_interfaces: [] },
    sandbox: { cpu: 0, overhead: { memory: 0 } },
  });
});
