import { isBind, type MountLike } from './mount-kind.ts';

const PLACE = '/sys/fs/cgroup';

/**
 * The mounts without those of single hierarchies of a host that has cgroup v1. podman makes one of systemd's hierarchy for a
 * container that runs systemd, which writes there; the guest's counterpart is its one hierarchy of v2, so that becomes writable.
 */
export function guestCgroupMounts<T extends MountLike>(mounts: readonly T[]): readonly T[] {
  const hierarchies = new Set(mounts.filter(isHierarchy));
  const isWritten = [...hierarchies].some(({ options = [] }) => !options.includes('ro'));
  return mounts
    .filter((mount) => !hierarchies.has(mount))
    .map((mount) =>
      isWritten && mount.destination === PLACE
        ? { ...mount, options: mount.options?.filter((option) => option !== 'ro') }
        : mount,
    );
}

function isHierarchy(mount: MountLike): boolean {
  return isBind(mount) && [mount.source, mount.destination].every((path) => path?.startsWith(`${PLACE}/`));
}
