import { callLibc, cString } from './libc.ts';

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
  /** Make the mount point itself read-only. Default false. */
  readonly readonly?: boolean;
  /** Take the mounts below `source` along. Default false. Read-only then holds for the top mount only. */
  readonly recursive?: boolean;
}

/** Shows `source` (file or directory) at `target`, which must exist and be of the same kind. Throws PosixError. */
export function bindMount(source: string, target: string, options: BindMountOptions = {}): void {
  const recursive = options.recursive === true ? mountFlags.recursive : 0;
  mount({ source, target, flags: mountFlags.bind + recursive });
  if (options.readonly !== true) return;
  try {
    // Linux ignores the read-only flag of the first call: a bind becomes read-only by a remount.
    mount({
      source: 'none',
      target,
      flags: mountFlags.bind + mountFlags.remount + mountFlags.readonly,
    });
  } catch (error) {
    // A writable mount where a read-only one was asked for must not stay.
    unmount(target, { detach: true });
    throw error;
  }
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
