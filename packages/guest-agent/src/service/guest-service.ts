import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { LOST_MEMBERS_FEATURE } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import { diskDrivers } from '../devices/disks.ts';
import { storageDrivers } from '../storage.ts';
import type { Machine } from '../system/machine.ts';
import { agentVersion } from '../version.ts';
import type { AgentHandlers } from './handlers.ts';

/** When the agent came up, in milliseconds since the guest's boot. */
export interface BootTimes {
  readonly agentStartMs: number;
  readonly agentReadyMs: number;
}

const deviceDir = '/sys/devices/system';

/** Calls about the guest machine itself. */
export function guestHandlers(machine: Machine, bootTimes: () => BootTimes): AgentHandlers {
  return {
    getGuestDetails({ memBlockSize, memHotplugProbe }) {
      const { agentStartMs, agentReadyMs } = bootTimes();
      return {
        memBlockSizeBytes: memBlockSize ? memoryBlockSize() : 0n,
        supportMemHotplugProbe: memHotplugProbe && existsSync(`${deviceDir}/memory/probe`),
        agentDetails: {
          version: agentVersion,
          initDaemon: process.pid === 1,
          deviceHandlers: [...diskDrivers],
          storageHandlers: storageDrivers,
          supportsSeccomp: true,
          extraFeatures: [
            LOST_MEMBERS_FEATURE,
            `hako.boot.agent_start_ms=${agentStartMs}`,
            `hako.boot.agent_ready_ms=${agentReadyMs}`,
          ],
        },
      };
    },

    setGuestDateTime({ Sec, Usec }) {
      if (Sec < 0n || Usec < 0n || Usec >= 1_000_000n) {
        throw new AgentError('invalid-argument', `${Sec} s and ${Usec} us is no time`);
      }
      machine.setClock(Sec, Usec);
      return {};
    },

    reseedRandomDev({ data }) {
      if (data.length === 0) throw new AgentError('invalid-argument', 'data is empty');
      machine.addEntropy(data);
      return {};
    },

    onlineCPUMem({ nbCpus, cpuOnly }) {
      const online = onlineAll('cpu', /^cpu[0-9]+$/, 'online', '1');
      if (nbCpus > 0 && online < nbCpus) {
        throw new AgentError('internal', `${online} of ${nbCpus} processors could be brought online`);
      }
      if (!cpuOnly) onlineAll('memory', /^memory[0-9]+$/, 'state', 'online');
      return {};
    },
  };
}

function memoryBlockSize(): bigint {
  try {
    return BigInt(`0x${readFileSync(`${deviceDir}/memory/block_size_bytes`, 'latin1').trim()}`);
  } catch {
    // A kernel without memory hotplug has no blocks.
    return 0n;
  }
}

/** Brings devices online that are not; answers how many of them became so. */
function onlineAll(kind: string, names: RegExp, file: string, value: string): number {
  let changed = 0;
  for (const name of readdirSync(`${deviceDir}/${kind}`)) {
    const path = `${deviceDir}/${kind}/${name}/${file}`;
    // The first processor has no such file: it cannot be switched off.
    if (!names.test(name) || !existsSync(path)) continue;
    if (readFileSync(path, 'latin1').trim() === value) continue;
    try {
      writeFileSync(path, value);
      changed++;
    } catch {
      // Counted as not online.
    }
  }
  return changed;
}
