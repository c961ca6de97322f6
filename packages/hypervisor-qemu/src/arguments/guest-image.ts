import type { HypervisorConfig } from '@hako/config';
import { pciDevice, virtioDevice } from './device.ts';
import { option } from './option.ts';

/**
 * The guest image as a disk, read-only at the VMM: no guest can change what the next one boots. It is the first disk, and
 * may be shared by any number of VMs.
 */
export function imageDiskArguments(hypervisor: HypervisorConfig): string[] {
  const file = {
    driver: 'file',
    filename: hypervisor.image,
    'node-name': 'image-file',
    'read-only': true,
    locking: 'off',
  };
  const node = { driver: 'raw', file: 'image-file', 'node-name': 'image', 'read-only': true };
  return [
    ...['-blockdev', JSON.stringify(file)],
    ...['-blockdev', JSON.stringify(node)],
    ...virtioDevice(hypervisor, 'virtio-blk-pci', { id: 'image0', drive: 'image', 'share-rw': true }),
  ];
}

/** The guest image as an NVDIMM, whose pages all VMs share; the guest is told that it cannot keep anything (`unarmed`). */
export function imageNvdimmArguments({ image }: HypervisorConfig, sizeBytes: number): string[] {
  return [
    '-object',
    option('memory-backend-file', {
      id: 'image-memory',
      'mem-path': image,
      size: sizeBytes,
      share: true,
      readonly: true,
    }),
    ...pciDevice('nvdimm', { id: 'nv0', memdev: 'image-memory', unarmed: true }),
  ];
}
