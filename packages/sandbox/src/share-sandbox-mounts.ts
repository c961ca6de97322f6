import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseBindMount } from '@hako/config';
import type { ResourceLedger } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import type { PlannedCopy } from './files/container-copies.ts';
import { guestSandboxMount, SANDBOX_MOUNTS } from './guest-paths.ts';
import type { Host } from './host.ts';
import type { SharePaths } from './share.ts';
import { bind, makeMountPoint, plannedCopy, shareableKind, VOLUME_LIMITS } from './share-entry.ts';

/**
 * Puts what `sandbox_bind_mounts` names of the host into the share, once in the life of a sandbox. It is for the guest itself; no
 * container sees it. Read-only is on the host's side. With `shared_fs = "none"` copies are planned instead, for the sandbox's own container.
 *
 * @throws SandboxError `host-refused`, `unsupported`, naming the source
 */
export async function shareSandboxMounts(
  paths: SharePaths,
  { runtime, hypervisor }: Pick<SandboxConfig, 'runtime' | 'hypervisor'>,
  host: Host,
  ledger: ResourceLedger,
): Promise<readonly PlannedCopy[]> {
  // The texts were checked when they were read.
  const wanted = runtime.sandboxBindMounts.flatMap((text) => parseBindMount(text) ?? []);
  const copies: PlannedCopy[] = [];
  const isCopied = hypervisor.sharedFs === 'none';
  if (!isCopied) mkdirSync(join(paths.shareFolders, SANDBOX_MOUNTS), { mode: 0o755 });
  for (const { path: source, name, readonly } of wanted) {
    const guestPath = guestSandboxMount(name);
    const kind = shareableKind(source, guestPath);
    if (isCopied) {
      copies.push(plannedCopy({ source, guestPath, limits: VOLUME_LIMITS, followed: kind === 'directory' }));
      continue;
    }
    makeMountPoint(join(paths.shareFolders, SANDBOX_MOUNTS, name), kind);
    await bind(source, join(paths.share, SANDBOX_MOUNTS, name), readonly, host, ledger);
  }
  return copies;
}
