import type { NvdimmDevice } from '@hako/hypervisor';
import type { DeviceDriver } from './device-driver.ts';
import { objectAdd, objectDel } from './object-commands.ts';

/**
 * Disks that the guest has as memory. QEMU maps the file, so what the guest writes is in the host's page cache at once, and on the host's
 * disk when the host writes it: the guest cannot ask for that. One that is read-only QEMU opens so, and the guest is told (`unarmed`).
 */
export const nvdimm: DeviceDriver<NvdimmDevice> = {
  bus: 'nvdimm',
  takesIothread: false,
  descriptors: () => [],
  backendOptions: ({ path, bytes, readonly, id }) => [
    [
      '-object',
      'memory-backend-file',
      { id: memoryId(id), 'mem-path': path, size: bytes, share: true, readonly },
    ],
  ],
  device: ({ id, readonly }) => ['nvdimm', { memdev: memoryId(id), unarmed: readonly }],
  async addBackend(qmp, { id, path, bytes, readonly }) {
    await qmp.execute(objectAdd, {
      'qom-type': 'memory-backend-file',
      id: memoryId(id),
      'mem-path': path,
      size: bytes,
      share: true,
      readonly,
    });
  },
  async removeBackend(qmp, id) {
    await qmp.execute(objectDel, { id: memoryId(id) });
  },
};

function memoryId(id: string): string {
  return `${id}-memory`;
}
