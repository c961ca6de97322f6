import { statfsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GUEST_EPHEMERAL_ROOT } from './guest-paths.ts';
import type { GuestStorage } from './guest-storage.ts';

/** Kubelet keeps the emptyDir NAME of a pod in `.../kubernetes.io~empty-dir/NAME`. */
const EMPTY_DIR = 'kubernetes.io~empty-dir';
/** statfs(2) */
const TMPFS_MAGIC = 0x01021994;

/**
 * The volume of a pod in memory that the guest is to have in its own memory in place of the host's: an emptyDir of
 * medium Memory, told as Kata tells it, by its place and by the tmpfs that kubelet mounted there. Size, mode and group are
 * those of the host's. Undefined for anything else, which is shared from the host.
 */
export function ephemeralVolume(source: string): GuestStorage | undefined {
  if (basename(dirname(source)) !== EMPTY_DIR) return undefined;
  const { type, blocks, bsize } = statfsSync(source);
  if (type !== TMPFS_MAGIC) return undefined;
  const { mode, gid } = statSync(source);
  return {
    driver: 'ephemeral',
    source: 'tmpfs',
    fstype: 'tmpfs',
    options: [`mode=${(mode & 0o7777).toString(8)}`, `size=${blocks * bsize}`],
    mountPoint: join(GUEST_EPHEMERAL_ROOT, basename(source)),
    ...(gid === 0 ? {} : { fsGroup: { groupId: gid } }),
  };
}
