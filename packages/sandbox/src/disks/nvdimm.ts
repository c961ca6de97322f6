import type { NvdimmDevice } from '@hako/hypervisor';
import { sandboxError } from '../sandbox-error.ts';
import { bytesOfDisk } from './host-disk.ts';
import type { PlannedDisk } from './plan-disks.ts';

/** A Linux guest takes memory of devices in pieces of this size on x86-64. */
const STEP_BYTES = 2 * 1024 * 1024;

/** The disk as an NVDIMM, whose content is mapped as it is. @throws SandboxError `host-refused`, `unsupported` */
export function nvdimmDevice(
  id: string,
  { disk, readonly }: Pick<PlannedDisk, 'disk' | 'readonly'>,
): NvdimmDevice {
  const { path, format } = disk;
  const instead = 'use block_device_driver = "virtio-blk" or "virtio-scsi"';
  if (format !== 'raw')
    throw sandboxError(
      'unsupported',
      `${path} has the format ${format}, and block_device_driver = "nvdimm" takes raw disks only; ${instead}`,
      { path },
    );
  const bytes = bytesOfDisk(disk);
  if (bytes === 0 || bytes % STEP_BYTES !== 0)
    throw sandboxError(
      'host-refused',
      `${path} has ${bytes} bytes, and block_device_driver = "nvdimm" takes multiples of ${STEP_BYTES}; give it such a size, or ${instead}`,
      { path },
    );
  return { kind: 'nvdimm', id, path, bytes, readonly };
}
