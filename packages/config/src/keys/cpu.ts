import type { KeyTable } from '../key.ts';
import { count, flag, vcpus, words } from '../values.ts';

/** `[hypervisor.qemu]`: virtual CPUs. */
export interface CpuConfig {
  /** vCPUs at boot. 0 or unset = 1; negative = host CPUs; above host CPUs = host CPUs; fractions allowed since 3.3. Default `1`. */
  readonly defaultVcpus: number;
  /** Ceiling for vCPU hotplug. 0 = host CPUs; capped at host CPUs and at the VMM limit (240 on x86-64). Default `0`. */
  readonly defaultMaxVcpus: number;
  /** Show host NUMA layout to the guest. Default `false`. */
  readonly enableNuma: boolean;
  /** Host nodes behind each guest node. X86-64 and arm64; more than one node needs static_sandbox_resource_mgmt. Default empty. */
  readonly numaMapping: readonly string[];
}

export const cpuKeys: KeyTable<CpuConfig> = {
  defaultVcpus: {
    toml: 'default_vcpus',
    type: vcpus,
    default: 1,
    lines: ['1.x', '3.x'],
    meaning: 'vCPUs at boot.',
    rule: '0 or unset = 1; negative = host CPUs; above host CPUs = host CPUs; fractions allowed since 3.3',
  },
  defaultMaxVcpus: {
    toml: 'default_maxvcpus',
    type: count,
    default: 0,
    lines: ['1.x', '3.x'],
    meaning: 'Ceiling for vCPU hotplug.',
    rule: '0 = host CPUs; capped at host CPUs and at the VMM limit (240 on x86-64)',
  },
  enableNuma: {
    toml: 'enable_numa',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Show host NUMA layout to the guest.',
  },
  numaMapping: {
    toml: 'numa_mapping',
    type: words,
    default: [],
    lines: ['3.x'],
    meaning: 'Host nodes behind each guest node.',
    rule: 'x86-64 and arm64; more than one node needs static_sandbox_resource_mgmt',
  },
};
