import { existsSync, writeFileSync } from 'node:fs';
import {
  ADDED_MEMORY_KEY,
  KEPT_STATUS_FEATURE,
  LOST_MEMBERS_FEATURE,
  ONLINE_VCPUS_KEY,
} from '@hako/agent-protocol';
import type { CallContext } from '@hako/ttrpc';
import { AgentError } from '../agent-error.ts';
import { diskDrivers, diskFile } from '../devices/disks.ts';
import { GuestSize } from '../guest-size.ts';
import { storageDrivers } from '../storage.ts';
import type { Machine } from '../system/machine.ts';
import { agentVersion } from '../version.ts';
import type { AgentHandlers } from './handlers.ts';

/** When the agent came up, in milliseconds since the guest's boot. */
export interface BootTimes {
  readonly agentStartMs: number;
  readonly agentReadyMs: number;
}

/** Where kernels without ACPI, those of arm64, are told of new memory. */
const memoryProbe = '/sys/devices/system/memory/probe';

/** Calls about the guest machine itself. */
export function guestHandlers(machine: Machine, bootTimes: () => BootTimes): AgentHandlers {
  const size = new GuestSize(machine);
  return {
    getGuestDetails({ memBlockSize, memHotplugProbe }) {
      const { agentStartMs, agentReadyMs } = bootTimes();
      return {
        memBlockSizeBytes: memBlockSize ? size.blockBytes : 0n,
        supportMemHotplugProbe: memHotplugProbe && existsSync(memoryProbe),
        agentDetails: {
          version: agentVersion,
          initDaemon: process.pid === 1,
          deviceHandlers: [...diskDrivers],
          storageHandlers: storageDrivers,
          supportsSeccomp: true,
          extraFeatures: [
            LOST_MEMBERS_FEATURE,
            KEPT_STATUS_FEATURE,
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

    memHotplugByProbe({ memHotplugProbeAddr }) {
      if (!existsSync(memoryProbe)) {
        throw new AgentError(
          'failed-precondition',
          'the kernel finds memory by itself: it has no probe file',
        );
      }
      for (const address of memHotplugProbeAddr) writeFileSync(memoryProbe, `0x${address.toString(16)}`);
      return {};
    },

    async addSwap({ PCIPath }) {
      const slots = PCIPath.map((slot) => slot.toString(16).padStart(2, '0'));
      await swapOn(machine, await diskFile(machine, 'blk', slots.join('/')));
      return {};
    },

    async addSwapPath({ path }) {
      await swapOn(machine, await diskFile(machine, 'blk', path));
      return {};
    },

    async onlineCPUMem({ nbCpus, cpuOnly }, { metadata }) {
      const vcpus = numberIn(metadata, ONLINE_VCPUS_KEY) ?? size.onlineVcpus + nbCpus;
      const addedMemoryMib = numberIn(metadata, ADDED_MEMORY_KEY);
      await size.online({ vcpus, ...(addedMemoryMib === undefined ? {} : { addedMemoryMib }) }, cpuOnly);
      return {};
    },
  };
}

/** The host has written the signature of a swap area. */
async function swapOn(machine: Machine, file: string): Promise<void> {
  const status = await machine.run({ args: ['swapon', file] });
  if (status !== 0) {
    throw new AgentError('internal', `${file} cannot be used as swap: it needs what mkswap writes`, {
      facts: { path: file },
    });
  }
}

function numberIn(metadata: CallContext['metadata'], key: string): number | undefined {
  const text = metadata.get(key)?.[0];
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,9}$/.test(text)) {
    throw new AgentError('invalid-argument', `${key}: ${JSON.stringify(text)} is no number`);
  }
  return Number(text);
}
