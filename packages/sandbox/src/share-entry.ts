import { closeSync, mkdirSync, openSync, type Stats, statSync } from 'node:fs';
import type { ResourceLedger } from '@hako/hypervisor';
import type { PlannedCopy } from './files/container-copies.ts';
import { entriesOfTree } from './files/host-tree.ts';
import type { Host } from './host.ts';
import { sandboxError } from './sandbox-error.ts';

/** What of a volume may be copied into the guest's memory: as Kubernetes' ConfigMaps. */
export const VOLUME_LIMITS: PlannedCopy['limits'] = { entries: 1024, bytes: 16 * 1024 * 1024 };

/** What is too large is refused before a machine boots for it. @throws SandboxError `unsupported` */
export function plannedCopy(copy: PlannedCopy): PlannedCopy {
  entriesOfTree(copy.source, copy.limits);
  return copy;
}

/**
 * What can be shared of the host: its files and folders, but not what only its own kernel gives a meaning.
 *
 * @throws SandboxError `host-refused`, `unsupported`
 */
export function shareableKind(source: string, destination: string): 'directory' | 'file' {
  let stats: Stats;
  try {
    stats = statSync(source);
  } catch (error) {
    throw sandboxError(
      'host-refused',
      `mount source ${source} for ${destination} cannot be used: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      { path: source },
      error,
    );
  }
  if (stats.isDirectory()) return 'directory';
  if (stats.isFile()) return 'file';
  const kind = stats.isSocket() ? 'socket' : stats.isFIFO() ? 'named pipe' : 'device node';
  throw sandboxError(
    'unsupported',
    `mount source ${source} for ${destination} is a ${kind}: what is behind it is in the host's kernel, and a process in a virtual machine cannot reach it; mount files and folders only`,
    { path: source },
  );
}

/** What something of that kind can be bound upon. */
export function makeMountPoint(path: string, kind: 'directory' | 'file'): void {
  if (kind === 'directory') mkdirSync(path, { mode: 0o755 });
  else closeSync(openSync(path, 'wx', 0o600));
}

/** Binds a file or folder of the host into the share; announced before. @throws SandboxError `host-refused` */
export async function bind(
  source: string,
  target: string,
  readonly: boolean,
  host: Host,
  ledger: ResourceLedger,
): Promise<void> {
  await ledger.announce({ kind: 'mount', target });
  try {
    host.bindMount(source, target, { readonly });
  } catch (error) {
    throw sandboxError(
      'host-refused',
      `cannot bind ${source} into the share: ${String(error)}`,
      { path: source },
      error,
    );
  }
}
