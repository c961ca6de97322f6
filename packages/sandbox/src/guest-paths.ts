import { posix } from 'node:path';

/** Mount tag of the sandbox-wide share (Kata's name, so that its agent finds it too). */
export const SHARE_TAG = 'kataShared';

/** Where the agent mounts the share (Kata's path). */
export const GUEST_SHARE_ROOT = '/run/kata-containers/shared/containers/';

/** Root file system of a container inside the guest. */
export function guestRootfs(containerId: string): string {
  return posix.join(GUEST_SHARE_ROOT, containerId, 'rootfs');
}

/** Source, inside the guest, of the container's `index`-th shared mount. */
export function guestMountSource(containerId: string, index: number): string {
  return posix.join(GUEST_SHARE_ROOT, containerId, 'mounts', String(index));
}
