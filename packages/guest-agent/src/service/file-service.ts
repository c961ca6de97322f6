import { readFileSync } from 'node:fs';
import { CopiedFiles } from '../files/copied-files.ts';
import { unmountStaleShares } from '../files/stale-mounts.ts';
import { resizeVolume, volumeStats } from '../files/volumes.ts';
import { storageRoot as usualStorageRoot } from '../storage.ts';
import type { Machine } from '../system/machine.ts';
import type { AgentHandlers } from './handlers.ts';

/** Calls about files and volumes. */
export function fileHandlers(
  machine: Machine,
  {
    prepared,
    storageRoot = usualStorageRoot,
  }: { readonly prepared: () => Promise<void>; readonly storageRoot?: string },
): AgentHandlers {
  const copied = new CopiedFiles(storageRoot);
  return {
    async copyFile(request) {
      await prepared();
      copied.copy(request);
      return {};
    },
    getVolumeStats: ({ volumeGuestPath }) => volumeStats(volumeGuestPath),
    resizeVolume({ volumeGuestPath, size }) {
      resizeVolume(machine, volumeGuestPath, size);
      return {};
    },
    removeStaleVirtiofsShareMounts() {
      unmountStaleShares(machine, storageRoot, readFileSync('/proc/self/mounts', 'latin1'));
      return {};
    },
  };
}
