import { readFileSync } from 'node:fs';
import type { BlkioStatsEntry, CgroupStats, NetworkStats } from '@hako/agent-protocol';

/** What a cgroup v2 file without a limit says, as the number that stands for it. */
const unlimited = 2n ** 64n - 1n;

/** Counters of a cgroup, in the units of the agent protocol. What the kernel does not count is 0 or missing. */
export function readCgroupStats(cgroupDir: string): CgroupStats {
  const read = (file: string): string => readOrEmpty(`${cgroupDir}/${file}`);
  const cpu = table(read('cpu.stat'));
  const memory = table(read('memory.stat'));
  const events = table(read('memory.events'));
  const [serviceBytes, serviced] = ioEntries(read('io.stat'));
  return {
    cpuStats: {
      cpuUsage: {
        totalUsage: nanoseconds(cpu.usage_usec),
        percpuUsage: [],
        usageInKernelmode: nanoseconds(cpu.system_usec),
        usageInUsermode: nanoseconds(cpu.user_usec),
      },
      throttlingData: {
        periods: cpu.nr_periods ?? 0n,
        throttledPeriods: cpu.nr_throttled ?? 0n,
        throttledTime: nanoseconds(cpu.throttled_usec),
      },
    },
    memoryStats: {
      cache: memory.file ?? 0n,
      usage: {
        usage: number(read('memory.current')),
        maxUsage: number(read('memory.peak')),
        failcnt: events.max ?? 0n,
        limit: number(read('memory.max')),
      },
      swapUsage: {
        usage: number(read('memory.swap.current')),
        maxUsage: 0n,
        failcnt: 0n,
        limit: number(read('memory.swap.max')),
      },
      kernelUsage: { usage: memory.kernel ?? 0n, maxUsage: 0n, failcnt: 0n, limit: unlimited },
      useHierarchy: true,
      stats: memory,
    },
    pidsStats: { current: number(read('pids.current')), limit: number(read('pids.max')) },
    blkioStats: {
      ioServiceBytesRecursive: serviceBytes,
      ioServicedRecursive: serviced,
      ioQueuedRecursive: [],
      ioServiceTimeRecursive: [],
      ioWaitTimeRecursive: [],
      ioMergedRecursive: [],
      ioTimeRecursive: [],
      sectorsRecursive: [],
    },
    hugetlbStats: {},
  };
}

/** Counters of the interfaces that a process sees, but for lo. */
export function readNetworkStats(pid: number, procDir = '/proc'): NetworkStats[] {
  const lines = readOrEmpty(`${procDir}/${pid}/net/dev`).split('\n').slice(2);
  return lines.flatMap((line) => {
    const [name = '', counters = ''] = line.split(':', 2);
    const fields = counters.trim().split(/\s+/);
    if (fields.length < 16 || name.trim() === 'lo') return [];
    const at = (index: number): bigint => number(fields[index] ?? '');
    return [
      {
        name: name.trim(),
        rxBytes: at(0),
        rxPackets: at(1),
        rxErrors: at(2),
        rxDropped: at(3),
        txBytes: at(8),
        txPackets: at(9),
        txErrors: at(10),
        txDropped: at(11),
      },
    ];
  });
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function number(text: string): bigint {
  const trimmed = text.trim();
  if (trimmed === 'max') return unlimited;
  return /^\d+$/.test(trimmed) ? BigInt(trimmed) : 0n;
}

function nanoseconds(microseconds: bigint | undefined): bigint {
  return (microseconds ?? 0n) * 1000n;
}

/** Lines of a name and a number. */
function table(text: string): Record<string, bigint> {
  const entries = text.split('\n').flatMap((line) => {
    const [name, value] = line.split(' ', 2);
    return name === undefined || value === undefined ? [] : [[name, number(value)] as const];
  });
  return Object.fromEntries(entries);
}

/** Lines like `8:0 rbytes=1 wbytes=2 rios=3 wios=4 ...`. */
function ioEntries(text: string): [bytes: BlkioStatsEntry[], operations: BlkioStatsEntry[]] {
  const bytes: BlkioStatsEntry[] = [];
  const operations: BlkioStatsEntry[] = [];
  for (const line of text.split('\n')) {
    const [device = '', ...pairs] = line.split(' ');
    const [major, minor] = device.split(':', 2);
    if (major === undefined || minor === undefined) continue;
    const values = Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
    const add = (list: BlkioStatsEntry[], op: string, key: string): void => {
      list.push({ major: number(major), minor: number(minor), op, value: number(values[key] ?? '') });
    };
    add(bytes, 'read', 'rbytes');
    add(bytes, 'write', 'wbytes');
    add(operations, 'read', 'rios');
    add(operations, 'write', 'wios');
  }
  return [bytes, operations];
}
