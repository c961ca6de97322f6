import { mkdirSync } from 'node:fs';
import type { ResourceLedger } from '@hako/hypervisor';
import type { Host } from './host.ts';
import type { SandboxPaths } from './state-paths.ts';

/**
 * Makes a sandbox's directories; those that go with the machine are announced first. The guest gets the share's folders
 * by a read-only view of them: root of a guest could otherwise put a link where the host makes the folder of the next
 * container, and the host would follow it.
 *
 * @throws PosixError
 */
export async function makeDirectories(
  { logs, vm, share, shareFolders }: Pick<SandboxPaths, 'logs' | 'vm' | 'share' | 'shareFolders'>,
  host: Pick<Host, 'mountView'>,
  ledger: ResourceLedger,
): Promise<void> {
  // Not in the journal: who asks why a container ended needs it after the machine is gone.
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  for (const [path, mode] of [
    [vm, 0o700],
    // The guest's root directory of the share: root of a user namespace must get through it to its root file system.
    [shareFolders, 0o711],
    [share, 0o711],
  ] as const) {
    await ledger.announce({ kind: 'directory', path });
    mkdirSync(path, { recursive: true, mode });
  }
  await ledger.announce({ kind: 'mount', target: share });
  host.mountView(shareFolders, share);
}
