import { mkdirSync, writeFileSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import type { Sandbox } from '../sandbox.ts';
import { storageRoot } from '../storage.ts';
import type { AgentHandlers } from './handlers.ts';

/** Calls about the sandbox as a whole. */
export function sandboxHandlers(
  sandbox: Sandbox,
  parts: {
    /** Done when everything that can be done late in the boot is done. */
    readonly prepared: () => Promise<void>;
    /** Called after the sandbox was destroyed; the answer still has to be sent. */
    readonly destroyed: () => void;
  },
): AgentHandlers {
  return {
    async createSandbox({ hostname, dns, storages, kernelModules, sandboxPidns, guestHookPath }) {
      sandbox.sharesPids = sandboxPidns;
      sandbox.hookPath = guestHookPath;
      await parts.prepared();
      if (hostname !== '') writeFileSync('/proc/sys/kernel/hostname', hostname);
      // modprobe mounts it too, but cannot say why not. Hooks are looked for at their path.
      if (kernelModules.length > 0 || guestHookPath !== '') await sandbox.machine.mountImage();
      for (const { name, parameters } of kernelModules) {
        const status = await sandbox.machine.run({ args: ['modprobe', '--', name, ...parameters] });
        if (status !== 0) throw new AgentError('internal', `kernel module ${name} could not be loaded`);
      }
      sandbox.keepMounted(await sandbox.storages.add(storages));
      if (dns.length > 0) {
        const dir = `${storageRoot}/sandbox`;
        mkdirSync(dir, { recursive: true });
        writeFileSync(`${dir}/resolv.conf`, `${dns.join('\n')}\n`);
      }
      return {};
    },

    async updateEphemeralMounts({ storages }) {
      sandbox.storages.remountEphemeral(storages);
      return {};
    },

    destroySandbox() {
      sandbox.destroy();
      parts.destroyed();
      return {};
    },

    async getOOMEvent(_request, { signal }) {
      return { containerId: await sandbox.oomEvents.next(signal) };
    },
  };
}
