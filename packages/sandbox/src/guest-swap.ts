import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentClient } from '@hako/agent-client';
import type { HypervisorConfig } from '@hako/config';
import type { ResourceLedger, VirtualMachine } from '@hako/hypervisor';

type SwapConfig = Pick<
  HypervisorConfig,
  'enableGuestSwap' | 'guestSwapPath' | 'guestSwapSizePercent' | 'guestSwapCreateThresholdSecs'
>;

export interface GuestSwapOptions {
  readonly machine: Pick<VirtualMachine, 'plug' | 'size'>;
  readonly agent: Pick<AgentClient, 'addSwap'>;
  /** Of the sandbox. */
  readonly config: { readonly id: string; readonly hypervisor: SwapConfig };
  readonly ledger: Pick<ResourceLedger, 'announce'>;
  readonly log: (message: string, level?: 'info' | 'warning') => void;
}

/** Swap of the guest that is added once the sandbox has lived as long as the configuration says. */
export interface GuestSwap {
  /** Resolves when it is there, cannot be had, which is logged, or is not wanted any more. */
  readonly done: Promise<void>;
  /** Not wanted any more. */
  cancel(): void;
}

const longestTimerMs = 2 ** 31 - 1;

/** Undefined where the configuration asks for none. */
export function guestSwap(options: GuestSwapOptions): GuestSwap | undefined {
  const { log } = options;
  const { hypervisor } = options.config;
  if (!hypervisor.enableGuestSwap) return undefined;
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => {
      addSwap(options)
        .catch((error: unknown) => log(`the guest gets no swap: ${String(error)}`, 'warning'))
        .finally(resolve);
    },
    Math.min(hypervisor.guestSwapCreateThresholdSecs * 1000, longestTimerMs),
  );
  return {
    done,
    cancel: () => {
      clearTimeout(timer);
      resolve();
    },
  };
}

/** The file has no name any more once the VMM has it open, so nothing of it outlives the machine. */
async function addSwap(options: GuestSwapOptions): Promise<void> {
  const { machine, agent, ledger, log } = options;
  const { id, hypervisor } = options.config;
  const sizeMib = Math.floor((machine.size.memoryMib * hypervisor.guestSwapSizePercent) / 100);
  const path = join(hypervisor.guestSwapPath, `${id}.swap`);
  await ledger.announce({ kind: 'file', path });
  try {
    mkdirSync(hypervisor.guestSwapPath, { recursive: true, mode: 0o700 });
    makeSwapFile(path, sizeMib);
    const { guestPciPath } = await machine.plug({
      kind: 'block',
      id: 'swap',
      path,
      source: 'file',
      format: 'raw',
      readonly: false,
      aio: 'threads',
    });
    await agent.addSwap({ PCIPath: guestPciPath.split('/').map((slot) => Number.parseInt(slot, 16)) });
  } finally {
    rmSync(path, { force: true });
  }
  log(`the guest has ${sizeMib} MiB of swap`);
}

const pageBytes = 4096;
const signature = 'SWAPSPACE2';
/** Where the header of a swap area begins: version, number of the last page. */
const headerOffset = 1024;

/** What mkswap(8) writes, in a file that takes space on the host as the guest uses it. */
function makeSwapFile(path: string, sizeMib: number): void {
  const bytes = sizeMib * 1024 * 1024;
  const first = Buffer.alloc(pageBytes);
  first.writeUInt32LE(1, headerOffset);
  first.writeUInt32LE(bytes / pageBytes - 1, headerOffset + 4);
  first.write(signature, pageBytes - signature.length, 'latin1');
  const fd = openSync(path, 'wx', 0o600);
  try {
    ftruncateSync(fd, bytes);
    writeSync(fd, first, 0, pageBytes, 0);
  } finally {
    closeSync(fd);
  }
}
