import { bool, type Override, oneOf, text, uint } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { memorySemantics } from './memory-values.ts';
import { prefix, rows } from './rows.ts';

/** Keys about memory of the VM. */
export const memoryOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(`${prefix}default_memory`, 'hypervisor', 'defaultMemoryMib', memorySemantics, {
    meaning: 'Memory the VM boots with.',
    unit: 'MiB',
    limits: 'at least 256 MiB; 3.x also with a unit (512MiB, 1GiB)',
    since: '1.x',
  }),
  rows.set(
    `${prefix}memory_slots`,
    'hypervisor',
    'memorySlots',
    { codec: uint({ zeroIsIgnored: true }) },
    {
      meaning: 'How many times memory can be hot-added.',
      limits: '0 keeps the configured value',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}memory_offset`,
    'hypervisor',
    'memoryOffsetMib',
    {
      '1.x': { codec: uint({ zeroIsIgnored: true }) },
      '3.x': { codec: uint({ zeroIsIgnored: true, max: Number.MAX_SAFE_INTEGER }) },
    },
    {
      meaning: 'Extra guest address space kept for an NVDIMM.',
      unit: 'MiB',
      limits: '0 keeps the configured value',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}enable_virtio_mem`,
    'hypervisor',
    'enableVirtioMem',
    { codec: bool },
    {
      meaning: 'Resize with virtio-mem in place of DIMM hotplug.',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}enable_mem_prealloc`,
    'hypervisor',
    'enableMemPrealloc',
    { codec: bool },
    {
      meaning: 'Touch all guest memory at start.',
      since: '1.x',
      sensitive: 'lets a pod pin host memory',
    },
  ),
  rows.set(
    `${prefix}enable_hugepages`,
    'hypervisor',
    'enableHugepages',
    { codec: bool },
    {
      meaning: 'Back guest memory with huge pages.',
      since: '1.x',
      sensitive: 'uses a scarce host pool',
    },
  ),
  rows.set(
    `${prefix}hugepage_type`,
    'hypervisor',
    'hugepageType',
    { '3.x': { codec: oneOf(['hugetlbfs', 'thp']) } },
    {
      meaning: 'Which kind of huge page.',
      limits: 'one of hugetlbfs, thp',
      since: '3.3.0',
    },
  ),
  rows.set(
    `${prefix}enable_swap`,
    'hypervisor',
    'enableSwap',
    { codec: bool },
    {
      meaning: 'Allow the host to swap VM memory (inverse of mlock).',
      since: '1.x',
      until: '3.13.0',
    },
  ),
  rows.set(
    `${prefix}enable_guest_swap`,
    'hypervisor',
    'enableGuestSwap',
    { '3.x': { codec: bool } },
    {
      meaning: 'Give the guest a swap device when a container asks for swappiness.',
      since: '2.2.0',
      sensitive: 'makes host disk files',
    },
  ),
  rows.set(
    `${prefix}file_mem_backend`,
    'hypervisor',
    'fileMemBackend',
    { codec: text },
    {
      meaning: 'Host directory for file backed guest memory.',
      since: '1.x',
      until: '3.31.0',
      sensitive: 'host path chosen by the pod',
      pathList: 'valid_file_mem_backends',
    },
  ),
  rows.set(
    `${prefix}reclaim_guest_freed_memory`,
    'hypervisor',
    'reclaimGuestFreedMemory',
    { '3.x': { codec: bool } },
    {
      meaning: 'Balloon with free page reporting, so the host gets freed pages back.',
      since: '3.17.0',
    },
  ),
];
