import type { Metrics } from '@hako/task-protocol/cgroups-v2';

const NO_LIMIT = 2n ** 64n - 1n;

/** CPU use, in nanoseconds. */
interface CpuFigures {
  readonly usage: { readonly total: bigint; readonly kernel: bigint; readonly user: bigint };
  readonly throttling: {
    readonly periods: bigint;
    readonly throttledPeriods: bigint;
    readonly throttledTime: bigint;
  };
}

/** What was read from, or written to, a disk. */
interface IoFigure {
  readonly op: string;
  readonly major: bigint;
  readonly minor: bigint;
  readonly value: bigint;
}

/** CPU use of cgroup v2, which is in microseconds, as that of v1: in nanoseconds. */
export function cpuFigures(cpu: Metrics['cpu']): CpuFigures {
  return {
    usage: {
      total: nanoseconds(cpu?.usageUsec),
      kernel: nanoseconds(cpu?.systemUsec),
      user: nanoseconds(cpu?.userUsec),
    },
    throttling: {
      periods: cpu?.nrPeriods ?? 0n,
      throttledPeriods: cpu?.nrThrottled ?? 0n,
      throttledTime: nanoseconds(cpu?.throttledUsec),
    },
  };
}

/** Counters of io.stat as v1 lists them, one for each direction. */
export function ioFigures(io: Metrics['io'], kind: 'bytes' | 'operations'): readonly IoFigure[] {
  const [read, write] = kind === 'bytes' ? (['rbytes', 'wbytes'] as const) : (['rios', 'wios'] as const);
  return (io?.usage ?? []).flatMap(({ major, minor, ...counters }) => [
    { op: 'Read', major, minor, value: counters[read] },
    { op: 'Write', major, minor, value: counters[write] },
  ]);
}

/** Memory and swap together, which v1 counts as one; no limit stays none. */
export function memoryAndSwap(memory = 0n, swap = 0n): bigint {
  return memory + swap > NO_LIMIT ? NO_LIMIT : memory + swap;
}

export function nanoseconds(microseconds: bigint | undefined): bigint {
  return (microseconds ?? 0n) * 1000n;
}
