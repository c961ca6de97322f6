import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { AgentError } from './agent-error.ts';
import { awaitDevice, type DeviceEvents } from './devices/await-device.ts';

/** What a call wants to be online. */
export interface WantedSize {
  /** vCPUs of the guest. Default: those that are there. */
  readonly vcpus?: number;
  /** Memory beside what the machine was started with. MiB. Default: what is there. */
  readonly addedMemoryMib?: number;
  readonly timeoutMs?: number;
}

/** Movable memory can be given back, but the kernel's own data must be elsewhere: this much for each part that is not. */
const mostMovablePerFixed = 3;

/** vCPUs and memory of this guest, as its kernel has them below /sys/devices/system. */
export class GuestSize {
  readonly #events: DeviceEvents;
  readonly #dir: string;
  readonly #blocksAtBoot: number;

  constructor(events: DeviceEvents, dir = '/sys/devices/system') {
    this.#events = events;
    this.#dir = dir;
    this.#blocksAtBoot = this.#blocks().length;
  }

  /** Of a memory block; 0n for a kernel without memory hotplug. */
  get blockBytes(): bigint {
    try {
      return BigInt(`0x${readFileSync(`${this.#dir}/memory/block_size_bytes`, 'latin1').trim()}`);
    } catch {
      return 0n;
    }
  }

  get onlineVcpus(): number {
    return this.#vcpus().filter((name) => this.#isOnline(name)).length;
  }

  /**
   * Brings online what there is, waits for what is still to come, and takes vCPUs beyond those wanted offline.
   * Throws AgentError `internal` saying what there is in place of what was wanted.
   */
  async online({ vcpus, addedMemoryMib = 0, timeoutMs }: WantedSize, cpuOnly: boolean): Promise<void> {
    const done = (): string | undefined => {
      this.#onlineVcpus(vcpus ?? Number.POSITIVE_INFINITY);
      if (!cpuOnly) this.#onlineMemory();
      const isThere =
        this.onlineVcpus >= (vcpus ?? 0) && (cpuOnly || this.#addedOnlineMib() >= addedMemoryMib);
      return isThere ? 'there' : undefined;
    };
    try {
      await awaitDevice('the new size', done, this.#events, undefined, timeoutMs);
    } catch (cause) {
      const memory = cpuOnly ? '' : ` and ${this.#addedOnlineMib()} of ${addedMemoryMib} MiB of added memory`;
      throw new AgentError('internal', `${this.onlineVcpus} of ${vcpus ?? 0} vCPUs${memory} are online`, {
        cause,
      });
    }
    if (vcpus !== undefined) this.#offlineVcpus(vcpus);
  }

  #onlineVcpus(most: number): void {
    for (const name of this.#vcpus()) {
      if (this.onlineVcpus >= most) return;
      if (!this.#isOnline(name)) this.#write(`cpu/${name}/online`, '1');
    }
  }

  #offlineVcpus(vcpus: number): void {
    for (const name of this.#vcpus().toReversed()) {
      if (this.onlineVcpus <= vcpus) return;
      if (this.#read(`cpu/${name}/online`) === '1') this.#write(`cpu/${name}/online`, '0');
    }
  }

  #onlineMemory(): void {
    for (const name of this.#blocks()) {
      if (this.#read(`memory/${name}/state`) !== 'offline') continue;
      if (!this.#mayBeMovable() || !this.#write(`memory/${name}/state`, 'online_movable')) {
        this.#write(`memory/${name}/state`, 'online');
      }
    }
  }

  #mayBeMovable(): boolean {
    const zones = this.#blocks()
      .filter((name) => this.#read(`memory/${name}/state`) === 'online')
      .map((name) => this.#read(`memory/${name}/valid_zones`));
    const movable = zones.filter((zone) => zone.startsWith('Movable')).length;
    return movable < mostMovablePerFixed * (zones.length - movable);
  }

  #addedOnlineMib(): number {
    const online = this.#blocks().filter((name) => this.#read(`memory/${name}/state`) === 'online').length;
    return (online - this.#blocksAtBoot) * Number(this.blockBytes >> 20n);
  }

  /** The first one has no such file: it cannot be switched off. */
  #isOnline(name: string): boolean {
    return this.#read(`cpu/${name}/online`) !== '0';
  }

  #vcpus(): readonly string[] {
    return this.#names('cpu', /^cpu[0-9]+$/);
  }

  #blocks(): readonly string[] {
    return this.#names('memory', /^memory[0-9]+$/);
  }

  #names(kind: string, pattern: RegExp): readonly string[] {
    if (!existsSync(`${this.#dir}/${kind}`)) return [];
    const number = (name: string): number => Number(name.replace(/^[a-z]+/, ''));
    return readdirSync(`${this.#dir}/${kind}`)
      .filter((name) => pattern.test(name))
      .sort((a, b) => number(a) - number(b));
  }

  #read(file: string): string {
    try {
      return readFileSync(`${this.#dir}/${file}`, 'latin1').trim();
    } catch {
      return '';
    }
  }

  /** False when the kernel refuses; then it is counted as it was. */
  #write(file: string, value: string): boolean {
    try {
      writeFileSync(`${this.#dir}/${file}`, value);
      return true;
    } catch {
      return false;
    }
  }
}
