import { type KeyTable, refused } from '../key.ts';
import { count, flag, path, signed, word, wordOrAlias } from '../values.ts';

/** `[hypervisor.qemu]`: disks. */
export interface BlockConfig {
  /** Do not pass container root block devices, or volumes that are block devices, to the VM. Default `true`. */
  readonly disableBlockDeviceUse: boolean;
  /** Bus for container disks. Default `'virtio-scsi'`. */
  readonly blockDeviceDriver: 'virtio-scsi' | 'virtio-blk' | 'virtio-mmio' | 'nvdimm' | 'virtio-blk-ccw';
  /** Disk I/O engine. Default `'io_uring'`. */
  readonly blockDeviceAio: 'threads' | 'native' | 'io_uring';
  /** Pass cache flags. Default `false`. */
  readonly blockDeviceCacheSet: boolean;
  /** O_DIRECT. Default `false`. */
  readonly blockDeviceCacheDirect: boolean;
  /** Ignore flush. Default `false`. */
  readonly blockDeviceCacheNoflush: boolean;
  /** Logical sector size. Bytes. 0 or power of two 512..65536; logical <= physical. Default `0`. */
  readonly blockDeviceLogicalSectorSizeBytes: number;
  /** Physical sector size. Bytes. Default `0`. */
  readonly blockDevicePhysicalSectorSizeBytes: number;
  /** Disk queue depth. Default `128`. */
  readonly queueSize: number;
  /** Disk queues. Default `1`. */
  readonly numQueues: number;
  /** Own I/O thread for disks. Default `false`. */
  readonly enableIothreads: boolean;
  /** Free-standing I/O threads for hot-plugged disks. Default `0`. */
  readonly indepIothreads: number;
  /** Block devices 241:N of a container are disks of vhost-user processes. Default `false`. */
  readonly enableVhostUserStore: boolean;
  /** Directory; block/sockets and block/devices below it. Default `'/run/kata-containers/vhost-user'`. */
  readonly vhostUserStorePath: string;
  /** Reconnect delay; 0 = never. Seconds. Default `0`. */
  readonly vhostUserReconnectTimeoutSec: number;
  /** Disk bandwidth limit. Bits per second. Cloud Hypervisor flavour. Default `0`. */
  readonly diskRateLimiterBwMaxRateBitsPerSec: number;
  /** Disk burst. Cloud Hypervisor flavour. Default `0`. */
  readonly diskRateLimiterBwOneTimeBurst: number;
  /** Disk operations limit. Cloud Hypervisor flavour. Default `0`. */
  readonly diskRateLimiterOpsMaxRate: number;
  /** Disk operations burst. Cloud Hypervisor flavour. Default `0`. */
  readonly diskRateLimiterOpsOneTimeBurst: number;
}

const noDiskLimits = 'no limit is put on disks; those of Cloud Hypervisor are meant';

export const blockKeys: KeyTable<BlockConfig> = {
  disableBlockDeviceUse: {
    toml: 'disable_block_device_use',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Do not pass container root block devices, or volumes that are block devices, to the VM.',
  },
  blockDeviceDriver: {
    toml: 'block_device_driver',
    type: wordOrAlias(['virtio-scsi', 'virtio-blk', 'virtio-mmio', 'nvdimm', 'virtio-blk-ccw'], {
      'virtio-blk-pci': 'virtio-blk',
      'virtio-blk-mmio': 'virtio-mmio',
    }),
    default: 'virtio-scsi',
    lines: ['1.x', '3.x'],
    meaning: 'Bus for container disks.',
    rule: 'an NVDIMM is a raw file or device, a multiple of 2 MiB, and stays in the machine until that ends; virtio-mmio needs machine_type microvm, where disks of the first container are there from the start and others are refused',
  },
  blockDeviceAio: {
    toml: 'block_device_aio',
    type: word(['threads', 'native', 'io_uring']),
    default: 'io_uring',
    lines: ['3.x'],
    meaning: 'Disk I/O engine.',
  },
  blockDeviceCacheSet: {
    toml: 'block_device_cache_set',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Pass cache flags.',
  },
  blockDeviceCacheDirect: {
    toml: 'block_device_cache_direct',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'O_DIRECT.',
  },
  blockDeviceCacheNoflush: {
    toml: 'block_device_cache_noflush',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Ignore flush.',
  },
  blockDeviceLogicalSectorSizeBytes: {
    toml: 'block_device_logical_sector_size',
    type: count,
    default: 0,
    unit: 'bytes',
    lines: ['3.x'],
    meaning: 'Logical sector size.',
    rule: '0 or power of two 512..65536; logical <= physical',
  },
  blockDevicePhysicalSectorSizeBytes: {
    toml: 'block_device_physical_sector_size',
    type: count,
    default: 0,
    unit: 'bytes',
    lines: ['3.x'],
    meaning: 'Physical sector size.',
  },
  queueSize: {
    toml: 'queue_size',
    type: count,
    default: 128,
    lines: ['3.x'],
    meaning: 'Disk queue depth (virtio-blk).',
  },
  numQueues: {
    toml: 'num_queues',
    type: count,
    default: 1,
    lines: ['3.x'],
    meaning: 'Disk queues (virtio-blk).',
  },
  enableIothreads: {
    toml: 'enable_iothreads',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning: 'Own I/O thread for disks.',
  },
  indepIothreads: {
    toml: 'indep_iothreads',
    type: count,
    default: 0,
    lines: ['3.x'],
    meaning: 'Free-standing I/O threads for hot-plugged disks.',
  },
  enableVhostUserStore: {
    toml: 'enable_vhost_user_store',
    type: flag,
    default: false,
    lines: ['1.x', '3.x'],
    meaning:
      'Block devices 241:N of a container are disks of vhost-user processes: block/devices of vhost_user_store_path has a device file with these numbers, block/sockets a socket of its name.',
  },
  vhostUserStorePath: {
    toml: 'vhost_user_store_path',
    type: path,
    default: '/run/kata-containers/vhost-user',
    lines: ['1.x', '3.x'],
    meaning: 'Directory; block/sockets and block/devices below it.',
  },
  vhostUserReconnectTimeoutSec: {
    toml: 'vhost_user_reconnect_timeout_sec',
    type: count,
    default: 0,
    unit: 's',
    lines: ['3.x'],
    meaning: 'Reconnect delay; 0 = never.',
  },
  diskRateLimiterBwMaxRateBitsPerSec: {
    toml: 'disk_rate_limiter_bw_max_rate',
    type: signed,
    default: 0,
    unit: 'bit/s',
    lines: ['3.x'],
    meaning: 'Disk bandwidth limit.',
    rule: 'Cloud Hypervisor flavour',
    effect: refused(noDiskLimits),
  },
  diskRateLimiterBwOneTimeBurst: {
    toml: 'disk_rate_limiter_bw_one_time_burst',
    type: signed,
    default: 0,
    lines: ['3.x'],
    meaning: 'Disk burst.',
    rule: 'Cloud Hypervisor flavour',
    effect: refused(noDiskLimits),
  },
  diskRateLimiterOpsMaxRate: {
    toml: 'disk_rate_limiter_ops_max_rate',
    type: signed,
    default: 0,
    lines: ['3.x'],
    meaning: 'Disk operations limit.',
    rule: 'Cloud Hypervisor flavour',
    effect: refused(noDiskLimits),
  },
  diskRateLimiterOpsOneTimeBurst: {
    toml: 'disk_rate_limiter_ops_one_time_burst',
    type: signed,
    default: 0,
    lines: ['3.x'],
    meaning: 'Disk operations burst.',
    rule: 'Cloud Hypervisor flavour',
    effect: refused(noDiskLimits),
  },
};
