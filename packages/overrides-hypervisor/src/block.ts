import { bool, type Override, oneOf, text, uint, uint32 } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { sectorSize } from './block-values.ts';
import { prefix, rows } from './rows.ts';

/** Keys about disks. */
export const blockOverrides: readonly Override<RuntimeConfig>[] = [
  rows.set(
    `${prefix}block_device_driver`,
    'hypervisor',
    'blockDeviceDriver',
    { codec: oneOf(['virtio-scsi', 'virtio-blk', 'virtio-mmio', 'nvdimm', 'virtio-blk-ccw']) },
    {
      meaning: 'Bus for block devices.',
      limits: 'one of virtio-scsi, virtio-blk, virtio-mmio, nvdimm, virtio-blk-ccw',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}block_device_aio`,
    'hypervisor',
    'blockDeviceAio',
    { '3.x': { codec: oneOf(['threads', 'native', 'io_uring']) } },
    {
      meaning: 'How QEMU does disk I/O.',
      limits: 'one of threads, native, io_uring',
      since: '3.0.0',
    },
  ),
  rows.set(
    `${prefix}disable_block_device_use`,
    'hypervisor',
    'disableBlockDeviceUse',
    { codec: bool },
    {
      meaning: 'Never hand a container root block device to the VM.',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}enable_iothreads`,
    'hypervisor',
    'enableIothreads',
    { codec: bool },
    {
      meaning: 'Separate I/O thread for disks.',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}indep_iothreads`,
    'hypervisor',
    'indepIothreads',
    { '3.x': { codec: uint({ min: 1, max: 50 }) } },
    {
      meaning: 'Number of free-standing I/O threads for hot-plugged disks.',
      limits: '1 to 50',
      since: '3.24.0',
    },
  ),
  rows.set(
    `${prefix}block_device_cache_set`,
    'hypervisor',
    'blockDeviceCacheSet',
    { codec: bool },
    {
      meaning: 'Whether the two cache flags below are passed at all.',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}block_device_cache_direct`,
    'hypervisor',
    'blockDeviceCacheDirect',
    { codec: bool },
    {
      meaning: 'Bypass the host page cache.',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}block_device_cache_noflush`,
    'hypervisor',
    'blockDeviceCacheNoflush',
    { codec: bool },
    {
      meaning: 'Ignore flush requests (data loss risk).',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}blk_logical_sector_size`,
    'hypervisor',
    'blockDeviceLogicalSectorSizeBytes',
    { '3.x': { codec: sectorSize } },
    {
      meaning: 'Logical sector size shown to the guest.',
      unit: 'bytes',
      limits: '0, or a power of two from 512 to 65536; not larger than the physical size when both are set',
      since: '3.29.0',
    },
  ),
  rows.set(
    `${prefix}blk_physical_sector_size`,
    'hypervisor',
    'blockDevicePhysicalSectorSizeBytes',
    { '3.x': { codec: sectorSize } },
    {
      meaning: 'Physical sector size shown to the guest.',
      unit: 'bytes',
      limits: 'as above',
      since: '3.29.0',
    },
  ),
  rows.set(
    `${prefix}block_device_num_queues`,
    'hypervisor',
    'numQueues',
    { '3.x': { codec: uint32 } },
    {
      meaning: 'Queues per disk (Rust).',
      since: '3.24.0',
    },
  ),
  rows.set(
    `${prefix}block_device_queue_size`,
    'hypervisor',
    'queueSize',
    { '3.x': { codec: uint32 } },
    {
      meaning: 'Queue depth (Rust).',
      since: '3.24.0',
    },
  ),
  rows.set(
    `${prefix}enable_vhost_user_store`,
    'hypervisor',
    'enableVhostUserStore',
    { '3.x': { codec: bool } },
    {
      meaning: 'Allow vhost-user disks.',
      limits: 'needs enable_hugepages',
      since: '1.x',
    },
  ),
  rows.set(
    `${prefix}vhost_user_store_path`,
    'hypervisor',
    'vhostUserStorePath',
    { '3.x': { codec: text } },
    {
      meaning: 'Directory of vhost-user sockets and device nodes.',
      limits: 'must be in the glob list',
      since: '1.x',
      sensitive: 'host path chosen by the pod',
      pathList: 'valid_vhost_user_store_paths',
    },
  ),
  rows.set(
    `${prefix}vhost_user_reconnect_timeout_sec`,
    'hypervisor',
    'vhostUserReconnectTimeoutSec',
    { '3.x': { codec: uint32 } },
    {
      meaning: 'Wait before reconnecting to a vhost-user socket.',
      unit: 's',
      since: '3.1.0',
    },
  ),
  rows.set(
    `${prefix}disable_image_nvdimm`,
    'hypervisor',
    'disableImageNvdimm',
    { codec: bool },
    {
      meaning: 'Attach the guest image as a disk in place of an NVDIMM.',
      limits: 'forced true for confidential guests',
      since: '1.x',
    },
  ),
];
