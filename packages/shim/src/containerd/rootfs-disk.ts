import { statSync } from 'node:fs';
import type { RootfsDisk } from '@hako/sandbox';
import type { Mount } from '@hako/task-protocol';

/** File systems that the guest can mount. */
const GUEST_FILE_SYSTEMS: ReadonlySet<string> = new Set(['ext4', 'xfs']);

/**
 * A root file system that is a disk and is to be one in the virtual machine: one mount of a block device, or of the image
 * file of one (`loop`), without `disable_block_device_use`. Undefined for anything else, which is mounted on the host.
 */
export function rootfsDisk(
  mounts: readonly Mount[],
  { disableBlockDeviceUse }: { readonly disableBlockDeviceUse: boolean },
): RootfsDisk | undefined {
  const [mount, ...others] = mounts;
  if (disableBlockDeviceUse || mount === undefined || others.length > 0) return undefined;
  const { type, source, target, options } = mount;
  if (target !== '' || !GUEST_FILE_SYSTEMS.has(type)) return undefined;
  const stats = statSync(source, { throwIfNoEntry: false });
  const isImage = options.includes('loop') && stats?.isFile() === true;
  if (!isImage && stats?.isBlockDevice() !== true) return undefined;
  return { path: source, fsType: type, options: options.filter((option) => option !== 'loop') };
}
