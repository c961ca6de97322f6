import { eitherWay, type KeyTable } from '../key.ts';
import { bigCountSafe, count, flag, path, word } from '../values.ts';

/** `[hypervisor.qemu]`: memory of the VM. */
export interface MemoryConfig {
  /** Memory at boot. MiB. 0 = default; minimum 256 (Go), 64 (Rust). Default `2048`. */
  readonly defaultMemoryMib: number;
  /** Hot-add count. 0 = default. Default `10`. */
  readonly memorySlots: number;
  /** Ceiling for memory hotplug. MiB. 0 or above host RAM = host RAM. Default `0`. */
  readonly defaultMaxMemoryMib: number;
  /** Address space kept for NVDIMM. MiB. Default `0`. */
  readonly memoryOffsetMib: number;
  /** virtio-mem resizing. Needs vm.overcommit_memory=1. Default `false`. */
  readonly enableVirtioMem: boolean;
  /** Touch all memory at start. Default `false`. */
  readonly enableMemPrealloc: boolean;
  /** Balloon with free page reporting. Default `false`. */
  readonly reclaimGuestFreedMemory: boolean;
  /** Huge pages; implies preallocation. Default `false`. */
  readonly enableHugepages: boolean;
  /** Kind of huge page. Default `'hugetlbfs'`. */
  readonly hugepageType: 'hugetlbfs' | 'thp';
  /** Directory for file backed memory; /dev/shm is used for virtio-fs. Default empty. */
  readonly fileMemBackend: string;
  /** Do not mlock VM memory. Default `false`. */
  readonly enableSwap: boolean;
  /** Lock the VM's memory into the host's: it is never swapped. Needs a sufficient limit of locked memory. Default `false`. */
  readonly enableMemLock: boolean;
  /** Add swap, in files of the host, to the guest: for containers with a swappiness at once, and as much as the configured part of its memory when a sandbox, or a change of its memory, is older than the threshold. Default `false`. */
  readonly enableGuestSwap: boolean;
  /** Directory of swap files. Default `'/run/kata-containers/swap'`. */
  readonly guestSwapPath: string;
  /** Swap size against memory. Default `100`. */
  readonly guestSwapSizePercent: number;
  /** Delay before a swap file is made. Default `60`. */
  readonly guestSwapCreateThresholdSecs: number;
  /** Where to dump guest memory after a guest panic. Default empty. */
  readonly guestMemoryDumpPath: string;
  /** Dump with paging information. Default `false`. */
  readonly guestMemoryDumpPaging: boolean;
}

export const memoryKeys: KeyTable<MemoryConfig> = {
  defaultMemoryMib: {
    toml: 'default_memory',
    type: count,
    default: 2048,
    unit: 'MiB',
    lines: ['1.x', '3.x'],
    meaning: 'Memory at boot.',
    rule: '0 = default; minimum 256 (Go), 64 (Rust)',
  },
  memorySlots: {
    toml: 'memory_slots',
    type: count,
    default: 10,
    lines: ['1.x', '3.x'],
    meaning: 'How many times memory can be added by pc-dimm.',
    rule: '0 = default',
  },
  defaultMaxMemoryMib: {
    toml: 'default_maxmemory',
    type: bigCountSafe,
    default: 0,
    unit: 'MiB',
    lines: ['3.x'],
    meaning: 'Ceiling for memory hotplug.',
    rule: '0 or above host RAM = host RAM',
  },
  memoryOffsetMib: {
    toml: 'memory_offset',
    type: bigCountSafe,
    default: 0,
    unit: 'MiB',
    lines: ['1.x', '3.x'],
    meaning: 'Address space kept for NVDIMM.',
  },
  enableVirtioMem: {
    toml: 'enable_virtio_mem',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'virtio-mem resizing.',
    rule: 'needs vm.overcommit_memory=1',
  },
  enableMemPrealloc: {
    toml: 'enable_mem_prealloc',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Touch all memory at start.',
  },
  reclaimGuestFreedMemory: {
    toml: 'reclaim_guest_freed_memory',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Balloon with free page reporting.',
  },
  enableHugepages: {
    toml: 'enable_hugepages',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Huge pages; implies preallocation.',
  },
  hugepageType: {
    toml: 'hugepage_type',
    type: word(['hugetlbfs', 'thp']),
    default: 'hugetlbfs',
    lines: ['3.x'],
    meaning: 'Kind of huge page.',
  },
  fileMemBackend: {
    toml: 'file_mem_backend',
    type: path,
    default: '',
    lines: ['1.x'],
    meaning: 'Directory for file backed memory; /dev/shm is used for virtio-fs.',
  },
  enableSwap: {
    toml: 'enable_swap',
    type: flag,
    default: false,
    lines: ['1.x'],
    meaning: 'Do not mlock VM memory.',
    effect: eitherWay('memory of the VM is locked with enable_mem_lock only'),
  },
  enableMemLock: {
    toml: 'enable_mem_lock',
    type: flag,
    default: false,
    lines: ['hako'],
    meaning: "Lock the VM's memory into the host's: it is never swapped.",
    rule: 'needs a sufficient limit of locked memory',
  },
  enableGuestSwap: {
    toml: 'enable_guest_swap',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning:
      'Add swap, in files of the host, to the guest: for containers with a swappiness at once, and as much as the configured part of its memory when a sandbox, or a change of its memory, is older than the threshold.',
    rule: 'not with microvm; as large as the memory at the time, and not made larger with it',
  },
  guestSwapPath: {
    toml: 'guest_swap_path',
    type: path,
    default: '/run/kata-containers/swap',
    lines: ['3.x'],
    meaning: 'Directory of swap files.',
  },
  guestSwapSizePercent: {
    toml: 'guest_swap_size_percent',
    type: bigCountSafe,
    default: 100,
    lines: ['3.x'],
    meaning: 'Swap size against memory.',
  },
  guestSwapCreateThresholdSecs: {
    toml: 'guest_swap_create_threshold_secs',
    type: bigCountSafe,
    default: 60,
    lines: ['3.x'],
    meaning: 'Delay before a swap file is made.',
  },
  guestMemoryDumpPath: {
    toml: 'guest_memory_dump_path',
    type: path,
    default: '',
    lines: ['3.x'],
    meaning: 'Where to dump guest memory after a guest panic.',
  },
  guestMemoryDumpPaging: {
    toml: 'guest_memory_dump_paging',
    type: flag,
    default: false,
    lines: ['3.x'],
    meaning: 'Dump with paging information.',
  },
};
