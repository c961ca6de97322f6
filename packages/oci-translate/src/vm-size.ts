import type { HypervisorSizes, RuntimeSettings } from '@hako/config';
import type { Workload } from './workload.ts';

/** Size of a VM. */
export interface VmSize {
  /** vCPUs at boot, a whole number. */
  readonly vcpus: number;
  /** Ceiling for vCPUs added later. */
  readonly maxVcpus: number;
  /** Memory at boot. */
  readonly memoryMib: number;
  /** Ceiling for memory added later. */
  readonly maxMemoryMib: number;
  /** What the containers may use beside, to be added after boot; 0 where the VM is sized before boot. */
  readonly hotplugVcpus: number;
  readonly hotplugMemoryMib: number;
  /** How the sizes at boot came about, for people: `default_vcpus 1 + CPU limit of the pod 1.5 = 2.5, rounded up`. */
  readonly vcpusFormula: string;
  readonly memoryFormula: string;
}

/**
 * Size of the VM for a configuration whose sizes are numbers (`resolveSizes`) and what its containers may use. With
 * `static_sandbox_resource_mgmt` the VM is made large enough before it boots; else the rest is added later.
 */
export function vmSize(
  hypervisor: HypervisorSizes,
  { staticSandboxResourceMgmt: isStatic }: Pick<RuntimeSettings, 'staticSandboxResourceMgmt'>,
  workload: Workload,
): VmSize {
  const extraVcpus = workload.vcpus ?? 0;
  const extraMemoryMib = workload.memoryMib ?? 0;
  const wantedVcpus = hypervisor.defaultVcpus + (isStatic ? extraVcpus : 0);
  const vcpus = Math.ceil(wantedVcpus);
  const memoryMib = hypervisor.defaultMemoryMib + (isStatic ? extraMemoryMib : 0);
  return {
    vcpus,
    maxVcpus: Math.max(hypervisor.defaultMaxVcpus, vcpus),
    memoryMib,
    maxMemoryMib: Math.max(hypervisor.defaultMaxMemoryMib, memoryMib),
    hotplugVcpus: isStatic ? 0 : Math.ceil(extraVcpus),
    hotplugMemoryMib: isStatic ? 0 : extraMemoryMib,
    vcpusFormula: formula(
      `default_vcpus ${hypervisor.defaultVcpus}`,
      workload.vcpusFrom,
      extraVcpus,
      isStatic,
      wantedVcpus === vcpus ? String(vcpus) : `${wantedVcpus}, rounded up to ${vcpus}`,
    ),
    memoryFormula: formula(
      `default_memory ${hypervisor.defaultMemoryMib} MiB`,
      workload.memoryFrom,
      extraMemoryMib,
      isStatic,
      `${memoryMib} MiB`,
    ),
  };
}

function formula(
  base: string,
  from: string | undefined,
  extra: number,
  isStatic: boolean,
  result: string,
): string {
  if (from === undefined || extra === 0) return `${base} = ${result}`;
  return isStatic
    ? `${base} + ${extra} (${from}) = ${result}`
    : `${base} = ${result}; with static_sandbox_resource_mgmt + ${extra} (${from})`;
}
