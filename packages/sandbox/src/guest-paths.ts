import { posix } from 'node:path';

/** Mount tag of the sandbox-wide share (Kata's name, so that its agent finds it too). */
export const SHARE_TAG = 'kataShared';

/** Where the agent mounts the share (Kata's path). */
export const GUEST_SHARE_ROOT = '/run/kata-containers/shared/containers/';

/** The sandbox's /dev/shm inside the guest (Kata's path). */
export const GUEST_SHM = '/run/kata-containers/sandbox/shm';

/** Where volumes in the guest's memory are (Kata's path). */
export const GUEST_EPHEMERAL_ROOT = '/run/kata-containers/sandbox/ephemeral';

/** Root file system inside the guest of the container whose folder in the share is `name`. */
export function guestRootfs(name: string): string {
  return posix.join(GUEST_SHARE_ROOT, name, 'rootfs');
}

/** Source, inside the guest, of that container's `index`-th shared mount. Near the root: 9p opens each folder on the way for each file. */
export function guestMountSource(name: string, index: number): string {
  return posix.join(GUEST_SHARE_ROOT, name, String(index));
}

/** File, inside the guest, that is the disk behind that container's `index`-th mount. */
export function guestDiskFile(name: string, index: number): string {
  return posix.join('/run/kata-containers/sandbox/disks', name, String(index));
}

/** Where the guest keeps an up to date copy of that container's `index`-th mount. */
export function guestWatchable(name: string, index: number): string {
  return posix.join('/run/kata-containers/sandbox/watchable', name, String(index));
}
