import type { HypervisorConfig } from './runtime-config.ts';

/** Facts about the host that sizes depend on. */
export interface HostSize {
  readonly numCpus: number;
  /** Memory of the host. MiB. Absent: not known. */
  readonly memoryMib?: number;
}

/** Most vCPUs of a QEMU machine on x86-64. */
const machineMaxVcpus = 240;

/** The fields of a hypervisor's configuration that are sizes of the VM. */
export type HypervisorSizes = Pick<
  HypervisorConfig,
  | 'defaultVcpus'
  | 'defaultMaxVcpus'
  | 'defaultMemoryMib'
  | 'defaultMaxMemoryMib'
  | 'defaultBridges'
  | 'memorySlots'
>;

/**
 * The sizes with "as the host" and "as many as possible" replaced by numbers: `default_vcpus` 0 is 1 and negative is
 * the host's CPUs; `default_maxvcpus` 0 is the host's CPUs; both are cut to the host and to 240; `default_maxmemory` 0
 * is the host's memory; no maximum is below its minimum.
 */
export function resolveSizes(hypervisor: HypervisorSizes, host: HostSize): HypervisorSizes {
  const most = Math.min(host.numCpus, machineMaxVcpus);
  const wanted = hypervisor.defaultVcpus;
  const defaultVcpus = wanted < 0 ? most : wanted === 0 ? 1 : Math.min(wanted, most);
  const max = hypervisor.defaultMaxVcpus === 0 ? most : Math.min(hypervisor.defaultMaxVcpus, most);
  const defaultMemoryMib = hypervisor.defaultMemoryMib === 0 ? 2048 : hypervisor.defaultMemoryMib;
  const hostMemory = host.memoryMib ?? Number.POSITIVE_INFINITY;
  const maxMemory =
    hypervisor.defaultMaxMemoryMib === 0 ? hostMemory : Math.min(hypervisor.defaultMaxMemoryMib, hostMemory);
  return {
    defaultVcpus,
    defaultMaxVcpus: Math.max(max, Math.ceil(defaultVcpus)),
    defaultMemoryMib,
    defaultMaxMemoryMib: Math.max(Number.isFinite(maxMemory) ? maxMemory : 0, defaultMemoryMib),
    defaultBridges: Math.min(Math.max(hypervisor.defaultBridges, 1), 5),
    memorySlots: hypervisor.memorySlots === 0 ? 10 : hypervisor.memorySlots,
  };
}
