import { readFileSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GUEST_EPHEMERAL_ROOT } from './guest-paths.ts';
import type { GuestStorage } from './guest-storage.ts';
import { unescapePath } from './posix-host.ts';

/** Kubelet keeps the emptyDir NAME of a pod in `POD/volumes/kubernetes.io~empty-dir/NAME`. */
const EMPTY_DIR = 'kubernetes.io~empty-dir';
/** And binds what a container mounts of it by subPath to `POD/volume-subpaths/NAME/CONTAINER/INDEX`. */
const SUB_PATH = /^(.*)\/volume-subpaths\/([^/]+)\/[^/]+\/[^/]+$/;
/** statfs(2) */
const TMPFS_MAGIC = 0x01021994;

/** A volume that is the guest's: what the agent is to make, and where the container's mount finds it. */
export interface EphemeralVolume {
  readonly storages: readonly GuestStorage[];
  readonly guestSource: string;
}

/**
 * The volume of a pod in memory that the guest is to have in its own memory in place of the host's: an emptyDir of
 * medium Memory, told as Kata tells it, by its place and by the tmpfs that kubelet mounted there; and folders in it
 * (subPath). Size, mode and group are those of the host's. Undefined for anything else, which is shared from the host.
 *
 * @param mountinfo text of /proc/self/mountinfo
 */
export function ephemeralVolume(
  source: string,
  mountinfo: () => string = () => readFileSync('/proc/self/mountinfo', 'utf8'),
): EphemeralVolume | undefined {
  if (isInMemory(source)) return { storages: [volume(source)], guestSource: guestPath(source) };
  const [, pod, name] = SUB_PATH.exec(source) ?? [];
  if (pod === undefined || name === undefined) return undefined;
  const whole = join(pod, 'volumes', EMPTY_DIR, name);
  if (!isInMemory(whole)) return undefined;
  const guestSource = join(guestPath(whole), rootOfMount(source, mountinfo()));
  return { storages: [volume(whole), folder(source, guestSource)], guestSource };
}

function isInMemory(path: string): boolean {
  if (basename(dirname(path)) !== EMPTY_DIR) return false;
  try {
    return statfsSync(path).type === TMPFS_MAGIC;
  } catch {
    return false;
  }
}

function guestPath(path: string): string {
  return join(GUEST_EPHEMERAL_ROOT, basename(path));
}

function volume(path: string): GuestStorage {
  const { blocks, bsize } = statfsSync(path);
  return {
    driver: 'ephemeral',
    source: 'tmpfs',
    fstype: 'tmpfs',
    options: [modeOf(path), `size=${blocks * bsize}`],
    mountPoint: guestPath(path),
    ...groupOf(path),
  };
}

function folder(path: string, mountPoint: string): GuestStorage {
  return {
    driver: 'local',
    source: 'local',
    fstype: 'local',
    options: [modeOf(path)],
    mountPoint,
    ...groupOf(path),
  };
}

function modeOf(path: string): string {
  return `mode=${(statSync(path).mode & 0o7777).toString(8)}`;
}

function groupOf(path: string): Pick<GuestStorage, 'fsGroup'> {
  const { gid } = statSync(path);
  return gid === 0 ? {} : { fsGroup: { groupId: gid } };
}

/** proc(5), mountinfo: which folder of its file system the last mount at `target` shows. */
function rootOfMount(target: string, mountinfo: string): string {
  const line = mountinfo.split('\n').findLast((text) => unescapePath(text.split(' ')[4] ?? '') === target);
  return unescapePath(line?.split(' ')[3] ?? '/');
}
