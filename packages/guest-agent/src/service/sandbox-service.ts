import { mkdirSync, writeFileSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';
import type { Sandbox } from '../sandbox.ts';
import { loadModule, storageRoot } from '../storage.ts';
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
  const parked: ((error: AgentError) => void)[] = [];
  return {
    async createSandbox({ hostname, dns, storages, kernelModules, sandboxPidns }) {
      if (sandboxPidns) {
        throw new AgentError('unimplemented', 'this agent has no pid namespace for the whole sandbox');
      }
      await parts.prepared();
      if (hostname !== '') writeFileSync('/proc/sys/kernel/hostname', hostname);
      for (const { name, parameters } of kernelModules) await loadModule(sandbox.machine, name, parameters);
      sandbox.keepMounted(await sandbox.storages.add(storages));
      if (dns.length > 0) {
        const dir = `${storageRoot}/sandbox`;
        mkdirSync(dir, { recursive: true });
        writeFileSync(`${dir}/resolv.conf`, `${dns.join('\n')}\n`);
      }
      return {};
    },

    destroySandbox() {
      sandbox.destroy();
      for (const end of parked.splice(0)) {
        end(new AgentError('failed-precondition', 'the sandbox is being destroyed'));
      }
      parts.destroyed();
      return {};
    },

    getOOMEvent(_request, { signal }) {
      // Waits for the sandbox's end: events of the kernel's OOM killer are not watched yet.
      return new Promise((_resolve, reject) => {
        parked.push(reject);
        signal.addEventListener('abort', () => {
          const at = parked.indexOf(reject);
          if (at >= 0) parked.splice(at, 1);
          reject(signal.reason);
        });
      });
    },
  };
}
