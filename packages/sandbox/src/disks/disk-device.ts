import type { HypervisorConfig } from '@hako/config';
import type { DiskDevice, NvdimmDevice, VhostUserDevice } from '@hako/hypervisor';
import { nvdimmDevice } from './nvdimm.ts';
import type { PlannedDisk } from './plan-disks.ts';

const kinds = { 'virtio-scsi': 'scsi', 'virtio-mmio': 'mmio' } as const;

/** What a disk of a container can be to its machine. */
export type ContainerDisk = DiskDevice | NvdimmDevice | VhostUserDevice;

/** The disk as the configuration wants it. @throws SandboxError as nvdimmDevice */
export function diskDevice(
  id: string,
  { disk, readonly }: Pick<PlannedDisk, 'disk' | 'readonly'>,
  hypervisor: HypervisorConfig,
): ContainerDisk {
  if (disk.source === 'vhost-user') return vhostUserDevice(id, disk.path, hypervisor);
  const { blockDeviceCacheSet, blockDeviceLogicalSectorSizeBytes: logical } = hypervisor;
  const { blockDevicePhysicalSectorSizeBytes: physical, numQueues, queueSize } = hypervisor;
  const { blockDeviceDriver: driver } = hypervisor;
  if (driver === 'nvdimm') return nvdimmDevice(id, { disk, readonly });
  const kind = driver === 'virtio-scsi' || driver === 'virtio-mmio' ? kinds[driver] : 'block';
  return {
    kind,
    id,
    path: disk.path,
    source: disk.source,
    format: disk.format,
    readonly,
    aio: hypervisor.blockDeviceAio,
    ...(blockDeviceCacheSet
      ? { cache: { direct: hypervisor.blockDeviceCacheDirect, noFlush: hypervisor.blockDeviceCacheNoflush } }
      : {}),
    ...(logical > 0 ? { logicalSectorBytes: logical } : {}),
    ...(physical > 0 ? { physicalSectorBytes: physical } : {}),
    ...(kind === 'scsi' ? {} : { queues: Math.max(1, numQueues), queueSize }),
  };
}

function vhostUserDevice(
  id: string,
  socket: string,
  { vhostUserReconnectTimeoutSec: seconds, numQueues, queueSize }: HypervisorConfig,
): VhostUserDevice {
  return {
    kind: 'vhost-user',
    id,
    socket,
    ...(seconds > 0 ? { reconnectSeconds: seconds } : {}),
    part: { kind: 'block', queues: Math.max(1, numQueues), queueSize },
  };
}
