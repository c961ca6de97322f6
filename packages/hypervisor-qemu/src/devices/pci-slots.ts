import type { HypervisorConfig } from '@hako/config';
import { qemuError } from '../qemu-error.ts';

/** A place for one device on a bridge. */
export interface PciPlace {
  /** Id of the bus, as QEMU names it. */
  readonly bus: string;
  /** Slot on that bus. */
  readonly slot: number;
  /** Kata's PciPath: slot of the bridge on the root bus, slot on the bridge; both in hexadecimal. */
  readonly guestPciPath: string;
}

/** Slot 0 of a bridge is its own hot-plug controller's, slot 31 is that of the bridge's source of entropy. */
const slotsPerBridge = 30;
export const keptSlot = 31;
const mostBridges = 5;
/** Slot of the first bridge on the root bus. */
const firstBridgeSlot = 2;

/**
 * Bridges that a machine gets, on which devices can be plugged while it runs. The machine type microvm has no such thing.
 * 0 counts as 1 and more than 5 as 5, as with Kata.
 */
export function bridgeCount({ machineType, defaultBridges }: HypervisorConfig): number {
  return machineType === 'microvm' ? 0 : Math.min(Math.max(defaultBridges, 1), mostBridges);
}

export function bridgeName(index: number): string {
  return `pci-bridge-${index}`;
}

export function bridgeSlot(index: number): number {
  return firstBridgeSlot + index;
}

/** Which device is where on the bridges. */
export class PciSlots {
  readonly #bridges: number;
  readonly #taken = new Map<string, PciPlace>();

  constructor(bridges: number) {
    this.#bridges = bridges;
  }

  /** The first free place, now of `id`. @throws QemuError `no-free-slot` */
  take(id: string): PciPlace {
    const used = new Set([...this.#taken.values()].map(({ bus, slot }) => `${bus}/${slot}`));
    for (let bridge = 0; bridge < this.#bridges; bridge++) {
      const bus = bridgeName(bridge);
      for (let slot = 1; slot <= slotsPerBridge; slot++) {
        if (used.has(`${bus}/${slot}`)) continue;
        const place = { bus, slot, guestPciPath: [bridgeSlot(bridge), slot].map(hex).join('/') };
        this.#taken.set(id, place);
        return place;
      }
    }
    const all = this.#bridges * slotsPerBridge;
    throw qemuError(
      'no-free-slot',
      all === 0
        ? 'this machine type has no place for further devices; use q35 or pc'
        : `all ${all} places for devices are taken; raise default_bridges (at most ${mostBridges})`,
    );
  }

  release(id: string): void {
    this.#taken.delete(id);
  }
}

/** Value of QEMU's property `addr`, which is read as hexadecimal. */
export function slotAddress(slot: number): string {
  return slot.toString(16);
}

function hex(slot: number): string {
  return slot.toString(16).padStart(2, '0');
}
