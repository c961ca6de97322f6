import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { sandboxError } from '../sandbox-error.ts';

/** A file, folder or link of the host that the guest is to have a copy of. */
export interface HostEntry {
  /** '' for the root of the tree itself. */
  readonly path: string;
  readonly stats: Stats;
}

/** How much of the host may be copied into the guest's memory at once. */
export interface CopyLimits {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * All that is in a tree, folders before what is in them, and links after everything else: who follows a new link (as
 * Kubernetes' `..data`) is to find what it leads to. Sockets, pipes and devices are left out.
 *
 * @throws SandboxError `unsupported` beyond the limits
 */
export function entriesOfTree(root: string, limits: CopyLimits): readonly HostEntry[] {
  const entries: HostEntry[] = [];
  const links: HostEntry[] = [];
  let bytes = 0;
  const look = (path: string): void => {
    const stats = lstatSync(path === '' ? root : join(root, path));
    if (stats.isSymbolicLink()) links.push({ path, stats });
    else if (stats.isFile() || stats.isDirectory()) entries.push({ path, stats });
    if (stats.isFile()) bytes += stats.size;
    if (bytes > limits.bytes || entries.length + links.length > limits.entries) throw tooMuch(root, limits);
    if (stats.isDirectory()) for (const name of readdirSync(join(root, path))) look(join(path, name));
  };
  look('');
  return [...entries, ...links];
}

function tooMuch(path: string, { entries, bytes }: CopyLimits) {
  return sandboxError(
    'unsupported',
    `${path} has more than ${entries} entries or ${bytes / 1024 / 1024} MiB, and shared_fs = "none" copies only what is small; share it with virtio-fs or virtio-9p, or give the container a disk`,
    { path },
  );
}
