import type { HypervisorConfig } from '@hako/config';
import { nvdimmSpaceMib } from '../arguments/memory.ts';
import { qemuError } from '../qemu-error.ts';

const MIB = 1024 * 1024;

/** Which NVDIMM is in which memory slot of a machine. Their slots come after those in which memory is plugged. */
export class NvdimmSlots {
  readonly #slots: number;
  readonly #roomMib: number;
  readonly #taken = new Map<string, { readonly slot: number; readonly bytes: number }>();

  constructor({ memorySlots, memoryOffsetMib }: Pick<HypervisorConfig, 'memorySlots' | 'memoryOffsetMib'>) {
    this.#slots = memorySlots;
    this.#roomMib = nvdimmSpaceMib + memoryOffsetMib;
  }

  /** The first free slot, now of `id`. @throws QemuError `no-free-slot` */
  take(id: string, bytes: number): number {
    const taken = [...this.#taken.values()];
    if (taken.length >= this.#slots)
      throw qemuError(
        'no-free-slot',
        `all ${this.#slots} memory slots for NVDIMMs are taken; raise memory_slots`,
      );
    const usedMib = taken.reduce((sum, one) => sum + one.bytes, 0) / MIB;
    if (usedMib + bytes / MIB > this.#roomMib)
      throw qemuError(
        'no-free-slot',
        `${usedMib} of ${this.#roomMib} MiB of address space for NVDIMMs are taken, and it needs ${bytes / MIB}; raise memory_offset`,
      );
    const used = new Set(taken.map(({ slot }) => slot));
    let slot = this.#slots + 1;
    while (used.has(slot)) slot += 1;
    this.#taken.set(id, { slot, bytes });
    return slot;
  }

  of(id: string): number | undefined {
    return this.#taken.get(id)?.slot;
  }

  release(id: string): void {
    this.#taken.delete(id);
  }
}
