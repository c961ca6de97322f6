import { closeSync, openSync } from 'node:fs';

/** open(2): only the way there, so that nothing is asked of the folder itself. Node's constants lack them. */
const O_PATH_DIRECTORY = 0o10000000 | (process.arch === 'arm64' ? 0o40000 : 0o200000);

interface SharedSpec {
  readonly root?: { readonly path?: string };
  readonly mounts?: readonly { readonly source?: string }[];
}

/** What a container has in the share: its root and the sources of its mounts. */
export function sharedPaths({ root, mounts = [] }: SharedSpec, share: string): string[] {
  return [root?.path, ...mounts.map(({ source }) => source)].filter(
    (path): path is string => path?.startsWith(`${share}/`) === true,
  );
}

/**
 * Walks to folders of a virtio-fs share. The kernel makes a mount of each that is one on the host, in the mount namespace of whoever
 * comes first: here that is ours, where it stays until the container is removed. Were it crun's alone, the death of the container's last
 * process would end it while the kernel still releases files of it, and Linux 6.1 has a BUG for that ("Busy inodes after unmount").
 */
export function holdShared(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      closeSync(openSync(path, O_PATH_DIRECTORY));
    } catch {
      // A file, or not there: crun tells.
    }
  }
}
