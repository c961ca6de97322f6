import { mkdirSync } from 'node:fs';
import type { ResourceLedger } from '@hako/hypervisor';
import type { SandboxPaths } from './state-paths.ts';

/** Makes a sandbox's directories; those that go with the machine are announced first. */
export async function makeDirectories(
  { logs, vm, share }: Pick<SandboxPaths, 'logs' | 'vm' | 'share'>,
  ledger: ResourceLedger,
): Promise<void> {
  // Not in the journal: who asks why a container ended needs it after the machine is gone.
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  for (const [path, mode] of [
    [vm, 0o700],
    // The guest's root directory of the share: root of a user namespace must get through it to its root file system.
    [share, 0o711],
  ] as const) {
    await ledger.announce({ kind: 'directory', path });
    mkdirSync(path, { recursive: true, mode });
  }
}
