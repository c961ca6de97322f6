import type { HypervisorConfig } from '@hako/config';
import { qemuError } from '../qemu-error.ts';
import { type HostDevicePorts, hostDevicePorts, portKeys } from './express-ports.ts';

/** A place for one device, on a bridge, a port or microvm's root bus. */
export interface PciPlace {
  /** Id of the bus, as QEMU names it. */
  readonly bus: string;
  /** Slot on that bus. */
  readonly slot: number;
  /** Kata's PciPath: slot of the bridge or port on the root bus, slots on the way from there; all in hexadecimal. */
  readonly guestPciPath: string;
}

/** Slot 0 of a bridge is its own hot-plug controller's, slot 31 is that of the bridge's source of entropy. */
const slotsPerBridge = 30;
export const keptSlot = 31;
const mostBridges = 5;
/** Slot of the first bridge on the root bus. */
const firstBridgeSlot = 2;
/** Slots of microvm's root bus for what a machine is started with; QEMU gives those before to the machine's own devices. */
const rootSlots = { bus: 'pcie.0', first: 10, last: 31 } as const;

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

/** Which device is where on the PCI buses of a machine. */
export class PciSlots {
  readonly #bridges: number;
  readonly #ports: HostDevicePorts | undefined;
  readonly #taken = new Map<string, PciPlace>();

  constructor(hypervisor: HypervisorConfig) {
    this.#bridges = bridgeCount(hypervisor);
    this.#ports = hostDevicePorts(hypervisor);
  }

  /**
   * The first free place, now of `id`: on a bridge, or where the configuration wants devices of the host.
   *
   * @throws QemuError `no-free-slot`
   */
  take(id: string, bus: 'pci' | 'port' = 'pci'): PciPlace {
    return bus === 'port' && this.#ports !== undefined
      ? this.#takePort(id, this.#ports)
      : this.#takeOnBridge(id);
  }

  #takeOnBridge(id: string): PciPlace {
    if (this.#bridges === 0) return this.#takeOnRoot(id);
    for (let bridge = 0; bridge < this.#bridges; bridge++) {
      const bus = bridgeName(bridge);
      for (let slot = 1; slot <= slotsPerBridge; slot++) {
        const place = { bus, slot, guestPciPath: [bridgeSlot(bridge), slot].map(hex).join('/') };
        if (this.#give(place, id)) return place;
      }
    }
    const all = this.#bridges * slotsPerBridge;
    throw qemuError(
      'no-free-slot',
      `all ${all} places for devices are taken; raise default_bridges (at most ${mostBridges})`,
    );
  }

  /** Of a machine without bridges. */
  #takeOnRoot(id: string): PciPlace {
    const { bus, first, last } = rootSlots;
    for (let slot = first; slot <= last; slot++) {
      const place = { bus, slot, guestPciPath: hex(slot) };
      if (this.#give(place, id)) return place;
    }
    throw qemuError(
      'no-free-slot',
      `this machine type has ${last - first + 1} places for devices, and all are taken; use q35 or pc`,
    );
  }

  #takePort(id: string, { kind, places }: HostDevicePorts): PciPlace {
    const place = places.find((port) => this.#give(port, id));
    if (place !== undefined) return place;
    throw qemuError(
      'no-free-slot',
      `the machine has ${places.length} places of the kind ${kind}, and all are taken; raise ${portKeys[kind]}`,
    );
  }

  of(id: string): PciPlace | undefined {
    return this.#taken.get(id);
  }

  #give(place: PciPlace, id: string): boolean {
    const isTaken = [...this.#taken.values()].some(
      ({ bus, slot }) => bus === place.bus && slot === place.slot,
    );
    if (!isTaken) this.#taken.set(id, place);
    return !isTaken;
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
