import { GUEST_SHARE_ROOT, SHARE_TAG } from './guest-paths.ts';
import type { GuestStorage } from './guest-storage.ts';

/** Storage that makes the agent mount the sandbox-wide share, by either transport; `msizeBytes` is 9p's largest message. */
export function shareStorage(transport: 'virtio-fs' | 'virtio-9p', msizeBytes: number): GuestStorage {
  const common = { source: SHARE_TAG, mountPoint: GUEST_SHARE_ROOT };
  if (transport === 'virtio-fs') return { ...common, driver: 'virtio-fs', fstype: 'virtiofs', options: [] };
  return {
    ...common,
    driver: '9p',
    fstype: '9p',
    // cache=mmap: shared writable mappings work, everything else goes to the host at once.
    options: ['trans=virtio', 'version=9p2000.L', 'cache=mmap', `msize=${msizeBytes}`, 'nodev'],
  };
}
