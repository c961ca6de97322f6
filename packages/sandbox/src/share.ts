import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { ResourceLedger } from '@hako/hypervisor';
import type { ContainerConfig } from '@hako/oci-translate';
import { guestMountSource } from './guest-paths.ts';
import type { Host } from './host.ts';
import { isSharedFromHost } from './mount-kind.ts';
import { prepareMountPoints } from './mount-points.ts';
import { sandboxError } from './sandbox-error.ts';

/** A bind mount of config.json whose source now stands in the share. */
export interface SharedMount {
  /** Index in `spec.mounts`. */
  readonly index: number;
  /** What the guest mounts in place of the host's source. */
  readonly guestSource: string;
}

/**
 * Puts what one container needs of the host under the sandbox's share: its root file system and the sources of its
 * bind mounts, each by a bind mount of its own. What is read-only for the container is read-only here, on the
 * host's side, where the guest cannot change it.
 *
 * @throws SandboxError `host-refused` naming the source
 */
export async function shareContainer(
  shareRoot: string,
  container: ContainerConfig,
  host: Host,
  ledger: ResourceLedger,
): Promise<readonly SharedMount[]> {
  const base = join(shareRoot, container.id);
  mkdirSync(join(base, 'rootfs'), { recursive: true, mode: 0o755 });
  mkdirSync(join(base, 'mounts'), { recursive: true, mode: 0o755 });
  // crun makes missing mount points in the guest, which cannot work once the tree is read-only on the host.
  if (container.rootfs.readonly) prepareMountPoints(container);
  await bind(container.rootfs.path, join(base, 'rootfs'), container.rootfs.readonly, host, ledger);

  const shared: SharedMount[] = [];
  for (const [index, mount] of (container.spec.mounts ?? []).entries()) {
    if (!isSharedFromHost(mount)) continue;
    const source = isAbsolute(mount.source ?? '')
      ? (mount.source ?? '')
      : join(container.bundlePath, mount.source ?? '');
    const target = join(base, 'mounts', String(index));
    makeMountPoint(source, target, mount.destination);
    await bind(source, target, isReadonly(mount.options ?? []), host, ledger);
    shared.push({ index, guestSource: guestMountSource(container.id, index) });
  }
  return shared;
}

/** The last word counts; `rro` is `ro` for the mounts below too, which hako's binds are in any case. */
function isReadonly(options: readonly string[]): boolean {
  return /^r?ro$/.test(options.findLast((option) => /^r?r[ow]$/.test(option)) ?? '');
}

function makeMountPoint(source: string, target: string, destination: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(source).isDirectory();
  } catch (error) {
    throw sandboxError(
      'host-refused',
      `mount source ${source} for ${destination} cannot be used: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      { path: source },
      error,
    );
  }
  if (isDirectory) mkdirSync(target, { recursive: true, mode: 0o755 });
  else closeSync(openSync(target, 'a', 0o600));
}

async function bind(source: string, target: string, readonly: boolean, host: Host, ledger: ResourceLedger) {
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
