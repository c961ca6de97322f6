import { type HypervisorConfig, refusals } from '@hako/config';
import type { Problem } from '@hako/errors';
import { parseKernelList } from '@hako/posix';
import { parseVerityParams } from './arguments/verity.ts';

/** A problem of a key of `[hypervisor.qemu]`. */
export function hostProblem(
  key: string,
  value: string,
  rule: string,
  fix: string,
  severity: Problem['severity'] = 'error',
): Problem {
  const field = `hypervisor.qemu.${key}`;
  return { severity, code: `qemu/${key.replaceAll('_', '-')}`, field, value, rule, fix };
}

interface ValueRule {
  readonly key: string;
  readonly value: (config: HypervisorConfig) => string;
  readonly broken: (config: HypervisorConfig) => boolean;
  readonly rule: string;
  readonly fix: string;
  readonly severity?: Problem['severity'];
}

const yes = (): string => 'true';
/** Most root ports, and most ports of a switch, as with Kata. */
const mostPorts = 16;
/** Names of the bus of the guest's image that hako knows, Kata's among them. */
const imageDrivers = ['', 'virtio-blk', 'virtio-blk-pci', 'nvdimm', 'virtio-pmem'];
/** Buses that disks of containers can be on. */
const diskDrivers: readonly string[] = ['virtio-scsi', 'virtio-blk'];
/** Slots of a machine are at most 256: for memory, the image, and as many as for memory for NVDIMMs. */
const mostSlotsBesideNvdimms = 127;
const isX86Machine = ({ machineType }: HypervisorConfig): boolean => machineType !== 'virt';

/** Values that QEMU cannot honour, alone or together. What a VM would silently lack is an error. */
const rules: readonly ValueRule[] = [
  {
    key: 'image',
    value: () => '',
    broken: ({ image, initrd }) => image === '' && initrd === '',
    rule: 'or initrd must be set',
    fix: 'build the guest with tools/quickstart',
  },
  {
    key: 'virtio_fs_cache_size',
    value: ({ virtioFsCacheSizeMib }) => String(virtioFsCacheSizeMib),
    broken: ({ sharedFs, virtioFsCacheSizeMib }) => sharedFs === 'virtio-fs' && virtioFsCacheSizeMib > 0,
    rule: 'is ignored: QEMU has no DAX window for virtio-fs',
    fix: 'set it to 0',
    severity: 'warning',
  },
  {
    key: 'rootless',
    value: yes,
    broken: ({ rootless, sharedFs }) => rootless && sharedFs === 'virtio-9p',
    rule: 'is impossible with shared_fs = "virtio-9p": QEMU itself serves those files, and only root can give them their owners',
    fix: 'use shared_fs = "virtio-fs" or "none"',
  },
  {
    key: 'machine_type',
    value: () => 'microvm',
    broken: ({ machineType, accelerator }) => machineType === 'microvm' && accelerator !== 'kvm',
    rule: 'boots unreliably under software emulation: its only clock to calibrate by fails when the host is busy',
    fix: 'use q35',
    severity: 'warning',
  },
  {
    key: 'machine_type',
    value: () => 'virt',
    broken: (config) => !isX86Machine(config) && process.arch !== 'arm64',
    rule: "is a machine of arm64, which this host's QEMU is not for",
    fix: 'use q35',
  },
  {
    key: 'pflashes',
    value: ({ pflashes }) => String(pflashes.length),
    broken: ({ pflashes }) => pflashes.length > 2,
    rule: 'must not be more than two: a machine has two flash chips',
    fix: 'leave some out',
  },
  {
    key: 'pflashes',
    value: ({ pflashes }) => pflashes.join(' '),
    broken: ({ pflashes, firmware, firmwareVolume }) =>
      pflashes.length > 0 && (firmware !== '' || firmwareVolume !== ''),
    rule: 'excludes firmware and firmware_volume: each is what the machine starts from',
    fix: 'keep one of them',
  },
  {
    key: 'firmware_volume',
    value: ({ firmwareVolume }) => firmwareVolume,
    broken: ({ firmware, firmwareVolume }) => firmwareVolume !== '' && firmware === '',
    rule: 'needs firmware: it is the second part of one',
    fix: 'set firmware too',
  },
  {
    key: 'kernel_verity_params',
    value: ({ kernelVerityParams }) => kernelVerityParams,
    broken: ({ kernelVerityParams }) =>
      kernelVerityParams !== '' && parseVerityParams(kernelVerityParams) === undefined,
    rule: 'must be root_hash=HEX,salt=HEX,data_blocks=N,data_block_size=BYTES,hash_block_size=BYTES',
    fix: 'copy it from what made the image',
  },
  {
    key: 'vm_rootfs_driver',
    value: ({ vmRootfsDriver }) => vmRootfsDriver,
    broken: ({ vmRootfsDriver }) => !imageDrivers.includes(vmRootfsDriver),
    rule: `must be one of ${imageDrivers.filter((name) => name !== '').join(', ')}`,
    fix: 'leave it empty',
  },
  {
    key: 'enable_iommu',
    value: yes,
    broken: ({ enableIommu, machineType }) => enableIommu && machineType !== 'q35',
    rule: 'needs machine_type = "q35"',
    fix: 'use q35',
  },
  {
    key: 'enable_virtio_mem',
    value: yes,
    broken: ({ enableVirtioMem, machineType }) => enableVirtioMem && machineType === 'microvm',
    rule: 'is impossible with machine_type = "microvm"',
    fix: 'use q35',
  },
  {
    key: 'enable_guest_swap',
    value: yes,
    broken: ({ enableGuestSwap, machineType }) => enableGuestSwap && machineType === 'microvm',
    rule: 'is impossible with machine_type = "microvm", which has no place for its disk',
    fix: 'use q35',
  },
  ...(['pcieRootPort', 'pcieSwitchPort'] as const).flatMap((field): ValueRule[] => {
    const key = field === 'pcieRootPort' ? 'pcie_root_port' : 'pcie_switch_port';
    const value = (config: HypervisorConfig): string => String(config[field]);
    return [
      {
        key,
        value,
        broken: (config) => config[field] > mostPorts,
        rule: `must be at most ${mostPorts}`,
        fix: 'use fewer',
      },
      {
        key,
        value,
        broken: (config) =>
          config[field] > 0 && (config.machineType === 'pc' || config.machineType === 'microvm'),
        rule: 'needs a machine with PCI Express',
        fix: 'use machine_type = "q35"',
      },
    ];
  }),
  ...(['coldPlugVfio', 'hotPlugVfio'] as const).flatMap((field): ValueRule[] => {
    const key = field === 'coldPlugVfio' ? 'cold_plug_vfio' : 'hot_plug_vfio';
    const value = (config: HypervisorConfig): string => config[field];
    return [
      {
        key,
        value,
        broken: ({ machineType, ...config }) => config[field] !== 'no-port' && machineType === 'microvm',
        rule: 'needs bridges or ports, of which machine_type = "microvm" has none',
        fix: 'use machine_type = "q35"',
      },
      {
        key,
        value,
        broken: ({ machineType, ...config }) =>
          ['root-port', 'switch-port'].includes(config[field]) && machineType === 'pc',
        rule: 'needs a machine with PCI Express',
        fix: 'use machine_type = "q35", or bridge-port',
      },
    ];
  }),
  {
    key: 'numa_mapping',
    value: ({ numaMapping }) => numaMapping.join(' '),
    broken: ({ numaMapping }) => numaMapping.some((nodes) => parseKernelList(nodes) === undefined),
    rule: 'must be lists of host nodes: "0", "0-1", "0,2"',
    fix: 'see /sys/devices/system/node/online',
  },
  {
    key: 'block_device_driver',
    value: ({ blockDeviceDriver }) => blockDeviceDriver,
    broken: ({ blockDeviceDriver }) => blockDeviceDriver === 'virtio-blk-ccw',
    rule: 'attaches no disk to a container: it is a bus of s390x',
    fix: `use ${diskDrivers.join(' or ')}`,
    severity: 'warning',
  },
  {
    key: 'block_device_driver',
    value: () => 'nvdimm',
    broken: ({ blockDeviceDriver, machineType }) =>
      blockDeviceDriver === 'nvdimm' && machineType === 'microvm',
    rule: 'attaches no disk to a container: machine_type = "microvm" has no slots for NVDIMMs',
    fix: `use ${diskDrivers.join(' or ')}`,
    severity: 'warning',
  },
  {
    key: 'block_device_driver',
    value: () => 'nvdimm',
    broken: ({ blockDeviceDriver, rootless }) => blockDeviceDriver === 'nvdimm' && rootless,
    rule: 'attaches no disk to a container: QEMU maps its file, which it may not open with rootless = true',
    fix: `use ${diskDrivers.join(' or ')}`,
    severity: 'warning',
  },
  {
    key: 'memory_slots',
    value: ({ memorySlots }) => String(memorySlots),
    broken: ({ blockDeviceDriver, memorySlots }) =>
      blockDeviceDriver === 'nvdimm' && memorySlots > mostSlotsBesideNvdimms,
    rule: `must be at most ${mostSlotsBesideNvdimms} with block_device_driver = "nvdimm", which has as many for disks`,
    fix: 'use fewer',
  },
  {
    key: 'block_device_driver',
    value: ({ blockDeviceDriver }) => blockDeviceDriver,
    broken: ({ blockDeviceDriver, machineType }) =>
      blockDeviceDriver === 'virtio-mmio' && machineType !== 'microvm',
    rule: 'attaches no disk to a container: only machine_type = "microvm" has that bus',
    fix: `use ${diskDrivers.join(' or ')}`,
    severity: 'warning',
  },
  {
    key: 'enable_iothreads',
    value: yes,
    broken: ({ enableIothreads, blockDeviceDriver, machineType }) =>
      enableIothreads && blockDeviceDriver === 'virtio-mmio' && machineType === 'microvm',
    rule: 'serves no disk on virtio-mmio',
    fix: 'use virtio-blk',
    severity: 'warning',
  },
  {
    key: 'block_device_aio',
    value: ({ blockDeviceAio }) => blockDeviceAio,
    broken: ({ blockDeviceAio, blockDeviceCacheSet, blockDeviceCacheDirect }) =>
      blockDeviceAio === 'native' && !(blockDeviceCacheSet && blockDeviceCacheDirect),
    rule: 'needs block_device_cache_set = true and block_device_cache_direct = true: the kernel has no asynchronous I/O through its cache',
    fix: 'set both, or use io_uring',
    severity: 'warning',
  },
  {
    key: 'extra_monitor_socket',
    value: ({ extraMonitorSocket }) => extraMonitorSocket,
    broken: ({ extraMonitorSocket, enableDebug }) => extraMonitorSocket !== '' && !enableDebug,
    rule: 'is made with enable_debug only',
    fix: 'set enable_debug = true',
    severity: 'warning',
  },
];

/** Every rule that `config` breaks, and what it must not ask for at all. */
export function checkValues(config: HypervisorConfig): readonly Problem[] {
  const broken = rules
    .filter((rule) => rule.broken(config))
    .map(({ key, value, rule, fix, severity }) => hostProblem(key, value(config), rule, fix, severity));
  return [...refusals({ hypervisor: config }), ...broken];
}
