import type { LinuxResources } from '@hako/oci-spec';
import { parseByteSize } from './byte-size.ts';
import { CliError } from './cli-error.ts';

/** The single limits of `update`, as they were typed. */
export interface ResourceOptions {
  readonly cpuPeriod?: string;
  readonly cpuQuota?: string;
  readonly cpuShare?: string;
  readonly cpuRtPeriod?: string;
  readonly cpuRtRuntime?: string;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  readonly memory?: string;
  readonly memoryReservation?: string;
  readonly memorySwap?: string;
  readonly pidsLimit?: string;
}

/**
 * Limits of the command line as the specification's `linux.resources`.
 *
 * @throws CliError `usage` naming the option and its value
 */
export function resourcesOfOptions(options: ResourceOptions): LinuxResources {
  const memory = given({
    limit: bytes('--memory', options.memory),
    reservation: bytes('--memory-reservation', options.memoryReservation),
    swap: bytes('--memory-swap', options.memorySwap),
  });
  const cpu = given({
    period: whole('--cpu-period', options.cpuPeriod),
    quota: whole('--cpu-quota', options.cpuQuota),
    shares: whole('--cpu-share', options.cpuShare),
    realtimePeriod: whole('--cpu-rt-period', options.cpuRtPeriod),
    realtimeRuntime: whole('--cpu-rt-runtime', options.cpuRtRuntime),
    cpus: options.cpusetCpus,
    mems: options.cpusetMems,
  });
  const pids = given({ limit: whole('--pids-limit', options.pidsLimit) });
  return given({ memory, cpu, pids }) ?? {};
}

/** The members that are there, or undefined when none is. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  return there.length === 0
    ? undefined
    : (Object.fromEntries(there) as { [K in keyof T]?: Exclude<T[K], undefined> });
}

function bytes(option: string, text: string | undefined): number | bigint | undefined {
  if (text === undefined) return undefined;
  const size = parseByteSize(text);
  if (size === undefined) throw usage(option, text, 'bytes, with a unit such as 64m, or -1 for no limit');
  return Number.isSafeInteger(Number(size)) ? Number(size) : size;
}

function whole(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^-?[0-9]+$/.test(text) || !Number.isSafeInteger(number)) throw usage(option, text, 'a whole number');
  return number;
}

function usage(option: string, text: string, rule: string): CliError {
  return new CliError('usage', `${option} ${JSON.stringify(text)} must be ${rule}`, { facts: {} });
}
