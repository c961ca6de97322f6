import { createHash } from 'node:crypto';
import { readlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Where containerd's own shims have their sockets. */
const SOCKET_DIR = '/run/containerd/s';

/**
 * Path of a shim's socket: a hash of containerd's address, the namespace and the id of the sandbox, so that it is short
 * enough for a socket, is the same for every container of a pod, and two containerds do not meet (containerd's rule).
 */
export function socketPlace(
  { address, namespace }: { readonly address: string; readonly namespace: string },
  sandboxId: string,
  directory: string = SOCKET_DIR,
): string {
  const hash = createHash('sha256')
    .update(join(address, namespace, sandboxId))
    .digest('hex');
  return join(directory, hash);
}

/** The socket that the link in a sandbox's folder leads to; undefined where there is none. */
export function socketOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

/** Removes a socket's file; none there is fine. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
