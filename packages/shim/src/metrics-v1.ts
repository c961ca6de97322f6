import { statfsSync } from 'node:fs';
import { Metrics as MetricsV1 } from '@hako/task-protocol/cgroups-v1';
import type { Metrics } from '@hako/task-protocol/cgroups-v2';
import { cpuFigures, ioFigures, memoryAndSwap } from './v1-figures.ts';

/** Type of the file system of cgroup v2 (statfs(2)). */
const CGROUP2_MAGIC = 0x6367_7270;

/** Which metrics a containerd on this host collects: those of v2 only where v2 alone is at /sys/fs/cgroup. */
export function hostMetricsVersion(mountPoint: string = '/sys/fs/cgroup'): 'v1' | 'v2' {
  try {
    return statfsSync(mountPoint).type === CGROUP2_MAGIC ? 'v2' : 'v1';
  } catch {
    return 'v2';
  }
}

/**
 * Metrics of cgroup v2, which the guest has, under the names of v1, for consumers that read nothing else. As the kernel of
 * v1 counts, swap is memory and swap together, and the `total_` lines are those of the group with all below it.
 */
export function toMetricsV1({ cpu, memory, memoryEvents, pids, io, hugetlb, network }: Metrics): MetricsV1 {
  const usage = memory?.usage ?? 0n;
  const entries = (kind: 'bytes' | 'operations') =>
    ioFigures(io, kind).map((entry) => ({ device: '', ...entry }));
  return MetricsV1.create({
    hugetlb: hugetlb.map(({ current, max, failcnt, pagesize }) => ({
      usage: current,
      max,
      failcnt,
      pagesize,
    })),
    pids: { current: pids?.current ?? 0n, limit: pids?.limit ?? 0n },
    cpu: cpuFigures(cpu),
    memory: {
      ...memoryLines(memory),
      hierarchicalMemoryLimit: memory?.usageLimit ?? 0n,
      hierarchicalSwapLimit: memoryAndSwap(memory?.usageLimit, memory?.swapLimit),
      usage: {
        usage,
        limit: memory?.usageLimit ?? 0n,
        max: memory?.maxUsage ?? 0n,
        failcnt: memoryEvents?.max ?? 0n,
      },
      swap: {
        usage: usage + (memory?.swapUsage ?? 0n),
        limit: memoryAndSwap(memory?.usageLimit, memory?.swapLimit),
        max: memoryAndSwap(memory?.maxUsage, memory?.swapMaxUsage),
      },
    },
    blkio: {
      ioServiceBytesRecursive: entries('bytes'),
      ioServicedRecursive: entries('operations'),
    },
    network,
    memoryOomControl: { oomKill: memoryEvents?.oomKill ?? 0n },
  });
}

function memoryLines(memory: Metrics['memory']) {
  const { file = 0n, anon = 0n, anonThp = 0n, fileMapped = 0n, fileDirty = 0n } = memory ?? {};
  const { fileWriteback = 0n, pgfault = 0n, pgmajfault = 0n, unevictable = 0n } = memory ?? {};
  const { inactiveAnon = 0n, activeAnon = 0n, inactiveFile = 0n, activeFile = 0n } = memory ?? {};
  return {
    cache: file,
    rss: anon,
    rssHuge: anonThp,
    mappedFile: fileMapped,
    dirty: fileDirty,
    writeback: fileWriteback,
    pgFault: pgfault,
    pgMajFault: pgmajfault,
    inactiveAnon,
    activeAnon,
    inactiveFile,
    activeFile,
    unevictable,
    totalCache: file,
    totalRss: anon,
    totalRssHuge: anonThp,
    totalMappedFile: fileMapped,
    totalDirty: fileDirty,
    totalWriteback: fileWriteback,
    totalPgFault: pgfault,
    totalPgMajFault: pgmajfault,
    totalInactiveAnon: inactiveAnon,
    totalActiveAnon: activeAnon,
    totalInactiveFile: inactiveFile,
    totalActiveFile: activeFile,
    totalUnevictable: unevictable,
  };
}
