import type { StatsContainerResponse } from '@hako/agent-protocol';
import { type IOEntry, type MemoryStat, Metrics } from '@hako/task-protocol/cgroups-v2';

/** What the agent says of a container, and what the shim has counted itself. */
export interface MeasuredContainer {
  readonly stats: StatsContainerResponse;
  readonly oomKills: number;
}

/**
 * A container's figures as StatsResponse carries them: containerd's metrics of cgroup v2, which the guest has. What
 * the agent's protocol has no field for is 0; memory.stat comes through by the names of its lines.
 */
export function containerMetrics({ stats, oomKills }: MeasuredContainer): Metrics {
  const { cgroupStats, networkStats } = stats;
  const cpu = cgroupStats?.cpuStats;
  const memory = cgroupStats?.memoryStats;
  const pids = cgroupStats?.pidsStats;
  return Metrics.create({
    pids: { current: pids?.current ?? 0n, limit: pids?.limit ?? 0n },
    cpu: {
      usageUsec: microseconds(cpu?.cpuUsage?.totalUsage),
      userUsec: microseconds(cpu?.cpuUsage?.usageInUsermode),
      systemUsec: microseconds(cpu?.cpuUsage?.usageInKernelmode),
      nrPeriods: cpu?.throttlingData?.periods ?? 0n,
      nrThrottled: cpu?.throttlingData?.throttledPeriods ?? 0n,
      throttledUsec: microseconds(cpu?.throttlingData?.throttledTime),
    },
    memory: {
      ...memoryStat(memory?.stats ?? {}),
      usage: memory?.usage?.usage ?? 0n,
      usageLimit: memory?.usage?.limit ?? 0n,
      maxUsage: memory?.usage?.maxUsage ?? 0n,
      swapUsage: memory?.swapUsage?.usage ?? 0n,
      swapLimit: memory?.swapUsage?.limit ?? 0n,
      swapMaxUsage: memory?.swapUsage?.maxUsage ?? 0n,
    },
    io: { usage: ioEntries(stats) },
    hugetlb: Object.entries(cgroupStats?.hugetlbStats ?? {}).map(
      ([pagesize, { usage, maxUsage, failcnt }]) => ({
        pagesize,
        current: usage,
        max: maxUsage,
        failcnt,
      }),
    ),
    memoryEvents: { max: memory?.usage?.failcnt ?? 0n, oomKill: BigInt(oomKills) },
    network: networkStats,
  });
}

function microseconds(nanoseconds: bigint | undefined): bigint {
  return (nanoseconds ?? 0n) / 1000n;
}

/** memory.stat's names are those of the fields, with underscores. */
const MEMORY_FIELDS = [
  'anon',
  'file',
  'kernelStack',
  'slab',
  'sock',
  'shmem',
  'fileMapped',
  'fileDirty',
  'fileWriteback',
  'anonThp',
  'inactiveAnon',
  'activeAnon',
  'inactiveFile',
  'activeFile',
  'unevictable',
  'slabReclaimable',
  'slabUnreclaimable',
  'pgfault',
  'pgmajfault',
  'workingsetNodereclaim',
  'pgrefill',
  'pgscan',
  'pgsteal',
  'pgactivate',
  'pgdeactivate',
  'pglazyfree',
  'pglazyfreed',
  'thpFaultAlloc',
  'thpCollapseAlloc',
  'workingsetRefaultAnon',
  'workingsetRefaultFile',
  'workingsetActivateAnon',
  'workingsetActivateFile',
] as const satisfies readonly (keyof MemoryStat)[];

function memoryStat(lines: Readonly<Record<string, bigint>>): Partial<MemoryStat> {
  return Object.fromEntries(
    MEMORY_FIELDS.map((field) => [
      field,
      lines[field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] ?? 0n,
    ]),
  );
}

function ioEntries({ cgroupStats }: StatsContainerResponse): IOEntry[] {
  const entries = new Map<string, IOEntry>();
  const add = (
    list: 'ioServiceBytesRecursive' | 'ioServicedRecursive',
    read: 'rbytes' | 'rios',
    write: 'wbytes' | 'wios',
  ) => {
    for (const { major, minor, op, value } of cgroupStats?.blkioStats?.[list] ?? []) {
      const key = `${major}:${minor}`;
      const entry = entries.get(key) ?? { major, minor, rbytes: 0n, wbytes: 0n, rios: 0n, wios: 0n };
      entries.set(key, entry);
      // Kata's agent writes the operations with a capital.
      if (op.toLowerCase() === 'read') entry[read] = value;
      if (op.toLowerCase() === 'write') entry[write] = value;
    }
  };
  add('ioServiceBytesRecursive', 'rbytes', 'wbytes');
  add('ioServicedRecursive', 'rios', 'wios');
  return [...entries.values()];
}
