import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { ResourceLedger } from '@hako/hypervisor';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { isDiskMount } from './disks/plan-disks.ts';
import { ephemeralVolume } from './ephemeral-volume.ts';
import type { PlannedCopy } from './files/container-copies.ts';
import { isWatchedVolume, watchableVolume } from './files/watchable-volume.ts';
import { guestMountSource, guestRootfs, shareEntry, shareEntryPrefix } from './guest-paths.ts';
import type { GuestStorage } from './guest-storage.ts';
import type { Host } from './host.ts';
import { type HostOverlay, hostOverlay } from './host-overlay.ts';
import { isSharedFromHost } from './mount-kind.ts';
import { prepareMountPoints } from './mount-points.ts';
import { type SandboxError, sandboxError } from './sandbox-error.ts';
import { joinsSandboxShm, sandboxShm } from './sandbox-shm.ts';
import { bind, makeMountPoint, plannedCopy, shareableKind, VOLUME_LIMITS } from './share-entry.ts';
import type { SandboxPaths } from './state-paths.ts';
import { removeTree } from './undo.ts';

/** A bind mount of config.json and what the guest mounts in place of the host's source. */
export interface SharedMount {
  /** Index in `spec.mounts`. */
  readonly index: number;
  readonly guestSource: string;
}

/** Where the guest finds what one container needs of the host. */
export interface SharedContainer {
  /** Of the container in the share. */
  readonly name: string;
  /** Root file system inside the guest. */
  readonly rootfs: string;
  readonly mounts: readonly SharedMount[];
  /** What the guest is to mount for it before. */
  readonly storages: readonly GuestStorage[];
  /** What the guest is to get a copy of before, where nothing is shared. */
  readonly copies: readonly PlannedCopy[];
}

/** What of a root file system may be copied into the guest's memory: a small image. */
const ROOTFS_LIMITS = { entries: 8192, bytes: 64 * 1024 * 1024 };

/** The sandbox's share on the host; see SandboxPaths. */
export type SharePaths = Pick<SandboxPaths, 'share' | 'shareFolders'>;

/** What is shared for a container. */
export interface ShareRequest {
  readonly paths: SharePaths;
  /** What the container's entries in it are named after, used once in the life of the sandbox: the guest remembers what it has seen. */
  readonly name: string;
  readonly container: ContainerConfig;
  readonly sandbox: SandboxConfig;
  /** The root file system is on a disk of its own: there is nothing to share of it. */
  readonly rootfsIsDisk?: boolean;
}

/**
 * Puts what one container needs of the host under the sandbox's share: its root file system and the sources of its
 * bind mounts, each by a bind mount of its own. What is read-only for the container is read-only here, on the
 * host's side, where the guest cannot change it. What only looks like the host's is named as the guest's own: /dev/shm,
 * and volumes in memory. With `shared_fs = "none"` nothing is bound: the same is planned as copies.
 *
 * @throws SandboxError `host-refused`, `unsupported`, naming the source
 */
export async function shareContainer(
  { paths, name, container, sandbox, rootfsIsDisk = false }: ShareRequest,
  host: Host,
  ledger: ResourceLedger,
): Promise<SharedContainer> {
  // Made where the guest cannot write, and bound upon where it can read.
  const made = (part: 'rootfs' | number) => join(paths.shareFolders, shareEntry(name, part));
  const shown = (part: 'rootfs' | number) => join(paths.share, shareEntry(name, part));
  const isCopied = sandbox.hypervisor.sharedFs === 'none';
  const copies: PlannedCopy[] = [];
  mkdirSync(made('rootfs'), { mode: 0o755 });
  if (isCopied && !rootfsIsDisk) {
    const { path: source } = container.rootfs;
    copies.push(
      plannedCopy({ source, guestPath: guestRootfs(name), limits: ROOTFS_LIMITS, followed: false }),
    );
  } else if (!rootfsIsDisk) {
    // crun makes missing mount points in the guest, which cannot work once the tree is read-only on the host.
    if (container.rootfs.readonly) prepareMountPoints(container);
    await bind(container.rootfs.path, shown('rootfs'), container.rootfs.readonly, host, ledger);
  }

  const mounts: SharedMount[] = [];
  const storages: GuestStorage[] = [];
  for (const [index, mount] of (container.spec.mounts ?? []).entries()) {
    if (joinsSandboxShm(mount, container)) {
      const storage = sandboxShm(sandbox.shmSizeBytes);
      storages.push(storage);
      mounts.push({ index, guestSource: storage.mountPoint });
      continue;
    }
    const overlay = hostOverlay(mount);
    if (overlay !== undefined) {
      if (isCopied) throw overlayNeedsShare(mount.destination);
      mkdirSync(made(index), { mode: 0o755 });
      await mountOverlay(overlay, shown(index), host, ledger);
      mounts.push({ index, guestSource: guestMountSource(name, index) });
      continue;
    }
    if (!isSharedFromHost(mount) || isDiskMount(mount)) continue;
    const source = isAbsolute(mount.source ?? '')
      ? (mount.source ?? '')
      : join(container.bundlePath, mount.source ?? '');
    const kind = shareableKind(source, mount.destination);
    const isDirectory = kind === 'directory';
    const volume = isDirectory ? ephemeralVolume(source) : undefined;
    if (volume !== undefined) {
      storages.push(...volume.storages);
      mounts.push({ index, guestSource: volume.guestSource });
      continue;
    }
    const guestSource = guestMountSource(name, index);
    if (isCopied) {
      // A new version of a file takes the old one's place, and what a container has mounted is the old one.
      const followed = isDirectory;
      copies.push(plannedCopy({ source, guestPath: guestSource, limits: VOLUME_LIMITS, followed }));
      mounts.push({ index, guestSource });
      continue;
    }
    makeMountPoint(made(index), kind);
    await bind(source, shown(index), isReadonly(mount.options ?? []), host, ledger);
    if (isDirectory && isWatchedVolume(source)) {
      const storage = watchableVolume(guestSource, name, index);
      storages.push(storage);
      mounts.push({ index, guestSource: storage.mountPoint });
    } else mounts.push({ index, guestSource });
  }
  return { name, rootfs: guestRootfs(name), mounts, storages, copies };
}

/** Takes a container's entries out of the share again. Idempotent. @throws SandboxError `teardown-incomplete` */
export async function unshareContainer(
  { paths, name }: Pick<ShareRequest, 'paths' | 'name'>,
  host: Host,
): Promise<void> {
  const isItsOwn = (entry: string): boolean => entry.startsWith(shareEntryPrefix(name));
  for (const target of host.mountsBelow(paths.share)) {
    if (isItsOwn(relative(paths.share, target))) host.unmountAll(target);
  }
  const entries = existsSync(paths.shareFolders) ? readdirSync(paths.shareFolders) : [];
  for (const entry of entries.filter(isItsOwn)) await removeTree(join(paths.shareFolders, entry), host);
}

/** The last word counts; `rro` is `ro` for the mounts below too, which hako's binds are in any case. */
function isReadonly(options: readonly string[]): boolean {
  return /^r?ro$/.test(options.findLast((option) => /^r?r[ow]$/.test(option)) ?? '');
}

async function mountOverlay(
  { data, options }: HostOverlay,
  target: string,
  host: Host,
  ledger: ResourceLedger,
) {
  await ledger.announce({ kind: 'mount', target });
  try {
    host.mountOverlay(data, target, { readonly: isReadonly(options) });
  } catch (error) {
    throw sandboxError('host-refused', `cannot mount an overlay of ${data}: ${String(error)}`, {}, error);
  }
}

function overlayNeedsShare(destination: string): SandboxError {
  return sandboxError(
    'unsupported',
    `the overlay for ${destination} is made on the host, which has nothing in common with the guest where shared_fs is none`,
  );
}
