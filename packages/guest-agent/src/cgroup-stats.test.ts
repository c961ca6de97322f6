import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCgroupStats, readNetworkStats } from './cgroup-stats.ts';

function folder(files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'cgroup-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

test('reads the counters of a cgroup', () => {
  const stats = readCgroupStats(
    folder({
      'cpu.stat':
        'usage_usec 300\nuser_usec 200\nsystem_usec 100\nnr_periods 5\nnr_throttled 2\nthrottled_usec 7\n',
      'memory.stat': 'anon 4096\nfile 8192\nkernel 512\n',
      'memory.current': '20480\n',
      'memory.max': 'max\n',
      'memory.events': 'low 0\nmax 3\noom_kill 1\n',
      'pids.current': '4\n',
      'pids.max': '100\n',
      'io.stat': '254:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n',
    }),
  );
  expect(stats.cpuStats).toEqual({
    cpuUsage: {
      totalUsage: 300_000n,
      percpuUsage: [],
      usageInKernelmode: 100_000n,
      usageInUsermode: 200_000n,
    },
    throttlingData: { periods: 5n, throttledPeriods: 2n, throttledTime: 7000n },
  });
  expect(stats.memoryStats?.usage).toEqual({
    usage: 20_480n,
    maxUsage: 0n,
    failcnt: 3n,
    limit: 18_446_744_073_709_551_615n,
  });
  expect(stats.memoryStats?.cache).toBe(8192n);
  expect(stats.memoryStats?.stats).toEqual({ anon: 4096n, file: 8192n, kernel: 512n });
  expect(stats.pidsStats).toEqual({ current: 4n, limit: 100n });
  expect(stats.blkioStats?.ioServiceBytesRecursive).toEqual([
    { major: 254n, minor: 0n, op: 'read', value: 10n },
    { major: 254n, minor: 0n, op: 'write', value: 20n },
  ]);
});

test('a cgroup that is gone has no counters', () => {
  const stats = readCgroupStats('/nowhere');
  expect(stats.memoryStats?.usage?.usage).toBe(0n);
  expect(stats.blkioStats?.ioServicedRecursive).toEqual([]);
});

test('reads the interfaces that a process sees', () => {
  const procDir = folder({
    '7/net/dev': [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
      '    lo:  100    1    0    0    0     0          0         0     100    1    0    0    0     0       0          0',
      '  eth0: 2000   20    1    2    0     0          0         0    3000   30    3    4    0     0       0          0',
      '',
    ].join('\n'),
  });
  expect(readNetworkStats(7, procDir)).toEqual([
    {
      name: 'eth0',
      rxBytes: 2000n,
      rxPackets: 20n,
      rxErrors: 1n,
      rxDropped: 2n,
      txBytes: 3000n,
      txPackets: 30n,
      txErrors: 3n,
      txDropped: 4n,
    },
  ]);
  expect(readNetworkStats(8, procDir)).toEqual([]);
});
