import { readFileSync } from 'node:fs';
import { callLibc, cString, syscallNumbers } from './libc.ts';
import { PosixError } from './posix-error.ts';

/** Flags of mount(2). */
export const mountFlags = {
  readonly: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  remount: 32,
  noatime: 1024,
  bind: 4096,
  move: 8192,
  recursive: 16384,
  unbindable: 131_072,
  private: 262_144,
  slave: 524_288,
  shared: 1_048_576,
} as const;

export interface MountRequest {
  /** Device, directory or, for pseudo file systems, any name. */
  readonly source: string;
  readonly target: string;
  /** File system type; absent for binds and remounts. */
  readonly type?: string;
  /** Sum of `mountFlags`. Default 0. */
  readonly flags?: number;
  /** File system specific options, comma separated. */
  readonly data?: string;
}

/** mount(2). Follows links in both paths, as the system call does. Throws PosixError. */
export function mount(request: MountRequest): void {
  callLibc(
    'mount',
    [
      cString(request.source, 'mount'),
      cString(request.target, 'mount'),
      request.type === undefined ? null : cString(request.type, 'mount'),
      request.flags ?? 0,
      request.data === undefined ? null : cString(request.data, 'mount'),
    ],
    request.target,
  );
}

export interface BindMountOptions {
  /** Make it read-only, with the mounts that were taken along. Default false. */
  readonly readonly?: boolean;
  /** Take the mounts below `source` along. Default false. */
  readonly recursive?: boolean;
}

/** Shows `source` (file or directory) at `target`, which must exist and be of the same kind. Throws PosixError. */
export function bindMount(source: string, target: string, options: BindMountOptions = {}): void {
  const recursive = options.recursive === true ? mountFlags.recursive : 0;
  mount({ source, target, flags: mountFlags.bind + recursive });
  if (options.readonly !== true) return;
  try {
    makeReadonly(target);
  } catch (error) {
    // A writable mount where a read-only one was asked for must not stay.
    unmount(target, { detach: true });
    throw error;
  }
}

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_RECURSIVE = 0x8000;
const MOUNT_ATTR_RDONLY = 1;
/** struct mount_attr: attr_set, attr_clr, propagation, userns_fd, each of 64 bits. */
const MOUNT_ATTR_BYTES = 32;

/** Makes the mount on `target` and all below it read-only: mount_setattr(2), of Linux 5.12. */
function makeReadonly(target: string): void {
  const attributes = new Uint8Array(MOUNT_ATTR_BYTES);
  attributes[0] = MOUNT_ATTR_RDONLY;
  try {
    callLibc(
      'mount_setattr',
      [
        syscallNumbers.mount_setattr,
        AT_FDCWD,
        cString(target, 'mount_setattr'),
        AT_RECURSIVE + AT_SYMLINK_NOFOLLOW,
        attributes,
        MOUNT_ATTR_BYTES,
      ],
      target,
    );
  } catch (error) {
    // An older kernel: a remount does it for one mount. With more it would leave those below writable.
    if (!(error instanceof PosixError && error.code === 'ENOSYS') || hasMountsBelow(target)) throw error;
    mount({ source: 'none', target, flags: mountFlags.bind + mountFlags.remount + mountFlags.readonly });
  }
}

function hasMountsBelow(target: string): boolean {
  // proc(5): these are written as octal numbers there.
  const prefix = `${target.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)}/`;
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4]?.startsWith(prefix));
}

export type MountPropagation = 'private' | 'slave' | 'shared' | 'unbindable';

/** Sets how mounts below `target` spread to other mount namespaces. Throws PosixError. */
export function setMountPropagation(
  target: string,
  propagation: MountPropagation,
  options: { readonly recursive?: boolean } = {},
): void {
  const recursive = options.recursive === true ? mountFlags.recursive : 0;
  mount({ source: 'none', target, flags: mountFlags[propagation] + recursive });
}

const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;

/**
 * umount2(2); never follows a link in the last component of `target`. `detach` takes the mount out of the tree at
 * once and ends it when its last user is gone. Throws PosixError, EINVAL when `target` is no mount point.
 */
export function unmount(target: string, options: { readonly detach?: boolean } = {}): void {
  const flags = UMOUNT_NOFOLLOW + (options.detach === true ? MNT_DETACH : 0);
  callLibc('umount2', [cString(target, 'umount2'), flags], target);
}
