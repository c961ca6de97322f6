import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentClient } from '@hako/agent-client';
import type { HypervisorConfig } from '@hako/config';
import type { ResourceLedger, VirtualMachine } from '@hako/hypervisor';
import { Turns } from './turns.ts';

type SwapConfig = Pick<
  HypervisorConfig,
  'enableGuestSwap' | 'guestSwapPath' | 'guestSwapSizePercent' | 'guestSwapCreateThresholdSecs'
>;

export interface GuestSwapOptions {
  readonly machine: Pick<VirtualMachine, 'plug' | 'unplug' | 'size'>;
  readonly agent: Pick<AgentClient, 'addSwap'>;
  /** Of the sandbox. */
  readonly config: { readonly id: string; readonly hypervisor: SwapConfig };
  readonly ledger: Pick<ResourceLedger, 'announce'>;
  readonly log: (message: string, level?: 'info' | 'warning') => void;
}

const longestTimerMs = 2 ** 31 - 1;

/**
 * Swap of one guest, in files of the host; it only grows. Part of it comes by itself: once the sandbox, or a change of its memory, is
 * as old as the configuration says, there is as much as the configured part of the memory. Containers that ask for more get it at once.
 */
export class GuestSwap {
  readonly #options: GuestSwapOptions;
  #sizeMib = 0;
  #files = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #turns = new Turns();
  #isCancelled = false;

  private constructor(options: GuestSwapOptions) {
    this.#options = options;
    this.memoryChanged();
  }

  /** Undefined where the configuration asks for none. */
  static of(options: GuestSwapOptions): GuestSwap | undefined {
    return options.config.hypervisor.enableGuestSwap ? new GuestSwap(options) : undefined;
  }

  /** The machine has started, or has another size. */
  memoryChanged(): void {
    if (this.#isCancelled) return;
    const { guestSwapCreateThresholdSecs } = this.#options.config.hypervisor;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        const { machine, config, log } = this.#options;
        const partMib = Math.floor((machine.size.memoryMib * config.hypervisor.guestSwapSizePercent) / 100);
        this.ensure(partMib).catch((error: unknown) =>
          log(`the guest gets no swap: ${error instanceof Error ? error.message : String(error)}`, 'warning'),
        );
      },
      Math.min(guestSwapCreateThresholdSecs * 1000, longestTimerMs),
    );
  }

  /** Adds what is missing of so much. Rejects with nothing added. */
  ensure(sizeMib: number): Promise<void> {
    return this.#turns.run(() => this.#grow(sizeMib));
  }

  /** Not wanted any more. */
  cancel(): void {
    this.#isCancelled = true;
    clearTimeout(this.#timer);
  }

  async #grow(sizeMib: number): Promise<void> {
    const missingMib = sizeMib - this.#sizeMib;
    if (this.#isCancelled || missingMib <= 0) return;
    const name = this.#files === 0 ? 'swap' : `swap${this.#files}`;
    this.#files += 1;
    await addSwap(this.#options, name, missingMib);
    this.#sizeMib = sizeMib;
    this.#options.log(`the guest has ${sizeMib} MiB of swap`);
  }
}

/** The file has no name any more once the VMM has it open, so nothing of it outlives the machine. */
async function addSwap(options: GuestSwapOptions, name: string, sizeMib: number): Promise<void> {
  const { machine, agent, ledger, log } = options;
  const { id, hypervisor } = options.config;
  const path = join(hypervisor.guestSwapPath, `${id}.${name}`);
  await ledger.announce({ kind: 'file', path });
  try {
    mkdirSync(hypervisor.guestSwapPath, { recursive: true, mode: 0o700 });
    makeSwapFile(path, sizeMib);
    const { guestPciPath } = await machine.plug({
      kind: 'block',
      id: name,
      path,
      source: 'file',
      format: 'raw',
      readonly: false,
      aio: 'threads',
    });
    try {
      await agent.addSwap({ PCIPath: guestPciPath.split('/').map((slot) => Number.parseInt(slot, 16)) });
    } catch (error) {
      await machine.unplug(name).catch((cause: unknown) => log(`${name} stays: ${String(cause)}`, 'warning'));
      throw error;
    }
  } finally {
    rmSync(path, { force: true });
  }
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
