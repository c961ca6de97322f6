import type { Spec } from '@hako/oci-spec';
import type { Int64 } from '@hako/shape';

/** What the containers of a sandbox may use together; absent: nobody limits it. */
export interface Workload {
  /** CPUs, also fractions. */
  readonly vcpus?: number;
  /** Where `vcpus` came from, for people. */
  readonly vcpusFrom?: string;
  readonly memoryMib?: number;
  readonly memoryFrom?: string;
}

const prefix = 'io.kubernetes.cri.sandbox-';

/**
 * The limits that a spec speaks of: those of the whole pod in the annotations that the CRI runtimes set on its first
 * container (microseconds, shares, bytes), else those of the container itself.
 */
export function workloadOf(spec: Spec): Workload {
  const { annotations = {} } = spec;
  const isPod = Object.keys(annotations).some((key) => key.startsWith(prefix) && key !== `${prefix}id`);
  const { cpu, memory } = spec.linux?.resources ?? {};
  const cpus = isPod
    ? cpuLimit(
        number(annotations[`${prefix}cpu-quota`]),
        number(annotations[`${prefix}cpu-period`]),
        number(annotations[`${prefix}cpu-shares`]),
        'of the pod',
      )
    : cpuLimit(number(cpu?.quota), number(cpu?.period), undefined, 'of the container');
  const bytes = isPod ? number(annotations[`${prefix}memory`]) : number(memory?.limit);
  return { ...cpus, ...memoryLimit(bytes, isPod ? 'of the pod' : 'of the container') };
}

function cpuLimit(
  quota: number | undefined,
  period: number | undefined,
  shares: number | undefined,
  owner: string,
): Pick<Workload, 'vcpus' | 'vcpusFrom'> {
  if (quota !== undefined && quota > 0 && period !== undefined && period > 0)
    return { vcpus: quota / period, vcpusFrom: `CPU limit ${owner}, ${quota} of ${period} microseconds` };
  if (quota !== undefined && quota < 0 && shares !== undefined && shares > 0)
    return { vcpus: Math.ceil(shares / 1024), vcpusFrom: `CPU shares ${owner}, ${shares} / 1024 rounded up` };
  return {};
}

function memoryLimit(bytes: number | undefined, owner: string): Pick<Workload, 'memoryMib' | 'memoryFrom'> {
  // Go programs write the largest multiple of a page for "no limit".
  if (bytes === undefined || bytes <= 0 || bytes >= 2 ** 62) return {};
  return { memoryMib: Math.ceil(bytes / 2 ** 20), memoryFrom: `memory limit ${owner}, ${bytes} bytes` };
}

function number(value: Int64 | string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const read = Number(value);
  return Number.isFinite(read) ? read : undefined;
}
