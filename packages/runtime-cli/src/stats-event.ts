import type { HostProcessUse } from '@hako/sandbox/state';
import { cpuFigures, ioFigures, memoryAndSwap, nanoseconds } from '@hako/shim/client';
import type { Metrics } from '@hako/task-protocol/cgroups-v2';

/**
 * A `stats` event in runc's JSON shape, from the container's own figures in the guest, and beside them, as `sandbox`,
 * what the host's processes for it use. `sandbox.overhead` is what is left of that without the container's own part.
 * CPU times are nanoseconds, memory is bytes. As runc does for cgroup v2, swap counts memory and swap together.
 */
export function statsEvent(id: string, metrics: Metrics, hostProcesses: readonly HostProcessUse[]): object {
  return { type: 'stats', id, data: statsData(metrics), sandbox: sandboxUse([metrics], hostProcesses) };
}

const NO_LIMIT = 2n ** 64n - 1n;

function statsData({ cpu, memory, pids, io, hugetlb, memoryEvents, network }: Metrics): object {
  const usage = memory?.usage ?? 0n;
  const limit = memory?.usageLimit ?? 0n;
  return {
    cpu: cpuFigures(cpu),
    memory: {
      cache: memory?.file ?? 0n,
      usage: { limit, usage, max: memory?.maxUsage ?? 0n, failcnt: memoryEvents?.max ?? 0n },
      swap: {
        limit: memoryAndSwap(limit, memory?.swapLimit),
        usage: usage + (memory?.swapUsage ?? 0n),
        failcnt: 0n,
      },
      kernel: { limit: 0n, failcnt: 0n },
      kernelTCP: { limit: 0n, failcnt: 0n },
      raw: rawMemory(memory),
    },
    pids: { current: pids?.current ?? 0n, limit: pids?.limit === NO_LIMIT ? 0n : (pids?.limit ?? 0n) },
    blkio: {
      ioServiceBytesRecursive: ioFigures(io, 'bytes'),
      ioServicedRecursive: ioFigures(io, 'operations'),
    },
    hugetlb: Object.fromEntries(
      hugetlb.map(({ pagesize, current, max, failcnt }) => [pagesize, { usage: current, max, failcnt }]),
    ),
    intel_rdt: {},
    network_interfaces: network.map(({ name, ...counters }) => ({
      Name: name,
      ...Object.fromEntries(Object.entries(counters).map(([key, value]) => [capital(key), value])),
    })),
  };
}

/** What host processes use, and what of it is not the containers' own use, in the members of `statsEvent`. */
export function sandboxUse(containers: readonly Metrics[], processes: readonly HostProcessUse[]): object {
  const ownCpuNs = containers.reduce((sum, { cpu }) => sum + Number(nanoseconds(cpu?.usageUsec)), 0);
  const ownBytes = containers.reduce((sum, { memory }) => sum + Number(memory?.usage ?? 0n), 0);
  const cpuNs = processes.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
  const memoryBytes = processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return {
    cpu: cpuNs,
    memory: memoryBytes,
    overhead: {
      cpu: Math.max(0, cpuNs - ownCpuNs),
      memory: Math.max(0, memoryBytes - ownBytes),
    },
    processes: processes.map(({ role, pid, cpuNs, memoryBytes }) => ({
      role,
      pid,
      cpu: cpuNs,
      memory: memoryBytes,
    })),
  };
}

/** Members of the metrics that are no lines of memory.stat. */
const NOT_LINES: ReadonlySet<string> = new Set([
  'usage',
  'usageLimit',
  'maxUsage',
  'swapUsage',
  'swapLimit',
  'swapMaxUsage',
  'psi',
]);

/** The lines of memory.stat by their names there. */
function rawMemory(memory: Metrics['memory']): object {
  return Object.fromEntries(
    Object.entries(memory ?? {})
      .filter(([key]) => !NOT_LINES.has(key))
      .map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

function capital(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}
