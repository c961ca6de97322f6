import { nonEmpty, type Override, spaced } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { maxVcpuSemantics, vcpuSemantics } from './cpu-values.ts';
import { prefix, rows } from './rows.ts';

/** Keys about virtual CPUs. */
export const cpuOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(`${prefix}default_vcpus`, 'hypervisor', 'defaultVcpus', vcpuSemantics, {
    meaning: 'vCPUs the VM boots with.',
    unit: 'vCPU',
    limits:
      "at most the host's CPUs; fractions are rounded up and 0 keeps the configured value (1.x: whole numbers, 0 is set)",
    since: '1.x',
  }),
  rows.set(`${prefix}default_max_vcpus`, 'hypervisor', 'defaultMaxVcpus', maxVcpuSemantics, {
    meaning: 'Ceiling for vCPU hotplug.',
    unit: 'vCPU',
    limits: "at most the host's CPUs, and for qemu at most 240",
    since: '1.x',
  }),
  rows.set(
    `${prefix}cpu_features`,
    'hypervisor',
    'cpuFeatures',
    { codec: nonEmpty },
    {
      meaning: 'Feature list put after the CPU model.',
      limits: 'empty keeps the configured ones',
      since: '1.12/1.13',
      sensitive: 'goes to the VMM command line unparsed',
    },
  ),
  rows.set(
    `${prefix}numa_mapping`,
    'hypervisor',
    'numaMapping',
    { '3.x': { codec: spaced } },
    {
      meaning: 'Which host NUMA nodes back each guest NUMA node.',
      limits:
        'each word is a node list such as 0 or 0-1; x86-64 and arm64 only; needs static_sandbox_resource_mgmt when more than one node',
      since: '3.27.0',
    },
  ),
];
