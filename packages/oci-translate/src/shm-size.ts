import type { Problem } from '@hako/errors';
import type { Mount } from '@hako/oci-spec';

/** What statfs says about a file system. */
export interface FileSystemSize {
  /** Bytes. */
  readonly blockSize: number;
  readonly blocks: number;
}

/** Size of a file system on the host, or the reason why there is none. */
export type FileSystemSizeOf = (path: string) => FileSystemSize | { readonly error: string };

/** Size of /dev/shm where nobody says anything else. Bytes. */
export const defaultShmSizeBytes = 67_108_864;

/**
 * Size of the sandbox's /dev/shm: 0 without such a mount; the size of the file system behind a bind mount whose
 * source is another folder; else 64 MiB. Only the first mount of /dev/shm counts; its options do not.
 *
 * @param sizeOf asks the host; without it bind mounts get 64 MiB, too
 */
export function shmSize(mounts: readonly Mount[] | undefined, sizeOf?: FileSystemSizeOf): number | Problem {
  const index = mounts?.findIndex(({ destination }) => destination === '/dev/shm') ?? -1;
  const mount = mounts?.[index];
  if (mount === undefined) return 0;
  const source = mount.source ?? '';
  if (mount.type !== 'bind' || source === '/dev/shm' || sizeOf === undefined) return defaultShmSizeBytes;
  const size = sizeOf(source);
  if (!('error' in size)) return size.blocks * size.blockSize;
  return {
    severity: 'error',
    code: 'translate/shm-source',
    field: `mounts[${index}].source`,
    value: source,
    rule: `must be on a file system of the host: ${size.error}`,
  };
}
