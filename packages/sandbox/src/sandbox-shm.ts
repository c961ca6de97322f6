import type { ContainerConfig } from '@hako/oci-translate';
import { guestNamespaces } from './guest-namespaces.ts';
import { GUEST_SHM } from './guest-paths.ts';
import type { GuestStorage } from './guest-storage.ts';
import { isBind, type MountLike } from './mount-kind.ts';

/** As Linux container engines have it where nobody says anything else. */
const DEFAULT_SHM_BYTES = 64 * 2 ** 20;

/**
 * True for a bind mount at /dev/shm: engines keep one tmpfs of the host for all containers that share memory, and the
 * guest has one in its place (as in Kata). Not for a member of a pod that has its ipc namespace for itself.
 */
export function joinsSandboxShm(mount: MountLike, container: ContainerConfig): boolean {
  return mount.destination === '/dev/shm' && isBind(mount) && !guestNamespaces(container).own.includes('ipc');
}

/** The tmpfs at the sandbox's place for shared memory. `sizeBytes` 0: nobody said how large. */
export function sandboxShm(sizeBytes: number): GuestStorage {
  const size = sizeBytes > 0 ? sizeBytes : DEFAULT_SHM_BYTES;
  return {
    driver: 'ephemeral',
    source: 'shm',
    fstype: 'tmpfs',
    options: ['noexec', 'nosuid', 'nodev', 'mode=1777', `size=${size}`],
    mountPoint: GUEST_SHM,
  };
}
