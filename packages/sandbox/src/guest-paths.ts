import { posix } from 'node:path';

/** Mount tag of the sandbox-wide share (Kata's name, so that its agent finds it too). */
export const SHARE_TAG = 'kataShared';

/** Where the agent mounts the share (Kata's path). */
export const GUEST_SHARE_ROOT = '/run/kata-containers/shared/containers/';

/** The sandbox's /dev/shm inside the guest (Kata's path). */
export const GUEST_SHM = '/run/kata-containers/sandbox/shm';

/** Where volumes in the guest's memory are (Kata's path). */
export const GUEST_EPHEMERAL_ROOT = '/run/kata-containers/sandbox/ephemeral';

/** What each entry of the share that is the container's begins with. No id holds a `~`, so none is another's beginning. */
export function shareEntryPrefix(name: string): string {
  return `${name}~`;
}

/**
 * Entry of the share that is the root file system, or the `index`-th mount, of the container of that name. All lie at the share's
 * root: for each request by 9p QEMU opens every folder on the way.
 */
export function shareEntry(name: string, part: 'rootfs' | number): string {
  return `${shareEntryPrefix(name)}${part}`;
}

/** Root file system, inside the guest, of the container of that name in the share. */
export function guestRootfs(name: string): string {
  return posix.join(GUEST_SHARE_ROOT, shareEntry(name, 'rootfs'));
}

/** Source, inside the guest, of that container's `index`-th shared mount. */
export function guestMountSource(name: string, index: number): string {
  return posix.join(GUEST_SHARE_ROOT, shareEntry(name, index));
}

/** Folder of the share with the sandbox's own binds (Kata's name). It is no container's: their entries all hold a `~`. */
export const SANDBOX_MOUNTS = 'sandbox-mounts';

/** Where the guest has one of the sandbox's own binds (Kata's path). */
export function guestSandboxMount(name: string): string {
  return posix.join(GUEST_SHARE_ROOT, SANDBOX_MOUNTS, name);
}

/** File, inside the guest, that is the disk behind that container's `index`-th mount. */
export function guestDiskFile(name: string, index: number): string {
  return posix.join('/run/kata-containers/sandbox/disks', name, String(index));
}

/** Where the guest keeps an up to date copy of that container's `index`-th mount. */
export function guestWatchable(name: string, index: number): string {
  return posix.join('/run/kata-containers/sandbox/watchable', name, String(index));
}
