import type { HypervisorConfig } from '@hako/config';
import type { QmpClient } from '@hako/qmp';
import { backend } from '../arguments/memory.ts';
import { deviceAdd, unplugDevice } from '../devices/device-commands.ts';
import { objectAdd, objectDel } from '../devices/object-commands.ts';
import { qemuError } from '../qemu-error.ts';
import type { ExtraMemory } from './extra-memory.ts';

interface Dimm {
  readonly id: string;
  readonly memdev: string;
  readonly memoryMib: number;
  /** Settles when its memory is removed too, from when the guest has let it go. */
  removed?: Promise<unknown>;
}

/** Memory modules (pc-dimm) in the slots of one machine, one for each time that it grew. */
export class Dimms implements ExtraMemory {
  readonly #qmp: QmpClient;
  readonly #hypervisor: HypervisorConfig;
  readonly #shared: boolean;
  readonly #dimms: Dimm[] = [];
  #made = 0;

  /** @param shared a process beside QEMU maps the guest's memory */
  constructor(qmp: QmpClient, hypervisor: HypervisorConfig, shared: boolean) {
    this.#qmp = qmp;
    this.#hypervisor = hypervisor;
    this.#shared = shared;
  }

  get memoryMib(): number {
    return this.#dimms.reduce((sum, { memoryMib }) => sum + memoryMib, 0);
  }

  async grow(memoryMib: number): Promise<void> {
    const missingMib = memoryMib - this.memoryMib;
    if (missingMib <= 0) return;
    const { memorySlots } = this.#hypervisor;
    if (this.#dimms.length >= memorySlots) {
      throw qemuError(
        'size-refused',
        `memory cannot grow by ${missingMib} MiB: all ${memorySlots} memory slots are taken; raise memory_slots`,
      );
    }
    this.#made += 1;
    const dimm: Dimm = { id: `dimm${this.#made}`, memdev: `dimm${this.#made}-memory`, memoryMib: missingMib };
    await this.#qmp.execute(objectAdd, {
      ...defined(backend(this.#hypervisor, this.#shared)),
      id: dimm.memdev,
      size: missingMib * 1024 * 1024,
    });
    try {
      await this.#qmp.execute(deviceAdd, { driver: 'pc-dimm', id: dimm.id, memdev: dimm.memdev });
    } catch (error) {
      await this.#qmp.execute(objectDel, { id: dimm.memdev }).catch(() => undefined);
      throw error;
    }
    this.#dimms.push(dimm);
  }

  async shrink(memoryMib: number): Promise<void> {
    for (const dimm of this.#dimms.toReversed()) {
      if (this.memoryMib - dimm.memoryMib < memoryMib) continue;
      await unplugDevice(this.#qmp, dimm.id);
      await this.deleted(dimm.id);
    }
  }

  async deleted(id: string): Promise<void> {
    const dimm = this.#dimms.find((one) => one.id === id);
    if (dimm === undefined) return;
    dimm.removed ??= this.#qmp
      .execute(objectDel, { id: dimm.memdev })
      .finally(() => this.#dimms.splice(this.#dimms.indexOf(dimm), 1));
    await dimm.removed;
  }
}

function defined(properties: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}
