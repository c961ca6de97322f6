import type { MachineSize } from '@hako/hypervisor';
import type { LinuxResources } from '@hako/oci-spec';

/** What one container may use; absent: nobody limits it. */
export interface ContainerLimits {
  /** CPUs, also fractions. */
  readonly cpus?: number;
  readonly memoryMib?: number;
}

/**
 * The limits that `linux.resources` speaks of: quota by period, and the memory limit. Members that `resources` does not name
 * are those of `before`, as in an update; a quota or limit of -1 is none.
 */
export function limitsOf(resources: LinuxResources = {}, before: ContainerLimits = {}): ContainerLimits {
  const { cpu, memory } = resources;
  const cpus = cpu?.quota === undefined ? before.cpus : quotaCpus(Number(cpu.quota), Number(cpu.period ?? 0));
  const memoryMib = memory?.limit === undefined ? before.memoryMib : limitMib(Number(memory.limit));
  return {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryMib === undefined ? {} : { memoryMib }),
  };
}

/** The larger of two, for the time between: limits may be raised in a machine that has grown, and lowered before it shrinks. */
export function largerLimits(a: ContainerLimits, b: ContainerLimits): ContainerLimits {
  return {
    cpus: Math.max(a.cpus ?? 0, b.cpus ?? 0),
    memoryMib: Math.max(a.memoryMib ?? 0, b.memoryMib ?? 0),
  };
}

/** What the machine is to be: as it is started, and beside it what its containers may use. */
export function wantedSize(atBoot: MachineSize, containers: Iterable<ContainerLimits>): MachineSize {
  let cpus = 0;
  let memoryMib = 0;
  for (const limits of containers) {
    cpus += limits.cpus ?? 0;
    memoryMib += limits.memoryMib ?? 0;
  }
  // Sums of fractions: 0.1 + 0.2 is no reason for another vCPU.
  return {
    vcpus: Math.ceil(atBoot.vcpus + Math.round(cpus * 1000) / 1000),
    memoryMib: atBoot.memoryMib + memoryMib,
  };
}

/** The kernel's default period. Microseconds. */
const defaultPeriodUs = 100_000;

function quotaCpus(quotaUs: number, periodUs: number): number | undefined {
  return quotaUs > 0 ? quotaUs / (periodUs > 0 ? periodUs : defaultPeriodUs) : undefined;
}

/** Go programs write the largest multiple of a page for "no limit". */
function limitMib(bytes: number): number | undefined {
  return bytes <= 0 || bytes >= 2 ** 62 ? undefined : Math.ceil(bytes / 2 ** 20);
}
