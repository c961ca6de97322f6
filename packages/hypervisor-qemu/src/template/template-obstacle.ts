import type { VmConfig } from '@hako/hypervisor';
import { isImageNvdimm, takesNvdimms } from '../arguments/memory.ts';
import { hostDevicesObstacle, takesHostDevices } from '../devices/express-ports.ts';

/**
 * What in a configuration keeps a machine from becoming a template, by its key and why, or undefined.
 *
 * @param hasManifest the guest has a manifest beside its image
 */
export function templateObstacle({ hypervisor }: VmConfig, hasManifest: boolean): string | undefined {
  const { machineType } = hypervisor;
  const otherMemory = 'the guest must have its memory in a file of the template';
  const obstacles: readonly (readonly [boolean, string])[] = [
    [
      machineType !== 'q35' && machineType !== 'pc',
      `machine_type ${machineType} cannot plug what a copy has of its own`,
    ],
    [hypervisor.rootless, 'rootless: the file with the memory of a template is not for other users'],
    [hypervisor.enableHugepages, `enable_hugepages: ${otherMemory}`],
    [hypervisor.fileMemBackend !== '', `file_mem_backend: ${otherMemory}`],
    [hypervisor.enableNuma, `enable_numa: ${otherMemory}`],
    [hypervisor.enableMemPrealloc, 'enable_mem_prealloc: a copy takes only the memory that it changes'],
    [hypervisor.enableMemLock, 'enable_mem_lock: a copy takes only the memory that it changes'],
    [hypervisor.enableVhostUserStore, 'enable_vhost_user_store: the memory of a copy is its own'],
    [hypervisor.enableVirtioMem, 'enable_virtio_mem: its memory is not part of a template'],
    [takesHostDevices(hypervisor), hostDevicesObstacle],
    [hypervisor.useVsock, 'use_vsock: the address of a copy is its own'],
    [hypervisor.enableIommu, 'enable_iommu: its state is not saved'],
    [
      hypervisor.pflashes.length > 0 || hypervisor.firmwareVolume !== '',
      'firmware with variables of its own',
    ],
    [takesNvdimms(hypervisor), 'block_device_driver nvdimm: the disks of a copy are its own'],
    [isImageNvdimm(hypervisor, hasManifest), 'an image that is an NVDIMM; set disable_image_nvdimm'],
  ];
  return obstacles.find(([applies]) => applies)?.[1];
}
