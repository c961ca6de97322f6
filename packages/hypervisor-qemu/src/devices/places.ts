import type { HypervisorConfig } from '@hako/config';
import type { PluggedDevice } from '@hako/hypervisor';
import { qemuError } from '../qemu-error.ts';
import type { DeviceBus } from './device-driver.ts';
import { NvdimmSlots } from './nvdimm-slots.ts';
import { type PciPlace, PciSlots, slotAddress } from './pci-slots.ts';
import { ScsiUnits, scsiControllerId } from './scsi-units.ts';

/** Where a device goes: properties for QEMU, and for the guest. */
export interface Position {
  readonly properties: Readonly<Record<string, string | number>>;
  readonly plugged: PluggedDevice;
}

/** Transports of microvm, with ACPI. */
const mostMmio = 24;

/** Where the devices of one machine are, from the start or plugged: the same answer on the command line and in the machine that runs. */
export class Places {
  readonly #slots: PciSlots;
  readonly #units = new ScsiUnits();
  readonly #mmio = new Set<string>();
  readonly #nvdimms: NvdimmSlots;

  constructor(hypervisor: HypervisorConfig) {
    this.#slots = new PciSlots(hypervisor);
    this.#nvdimms = new NvdimmSlots(hypervisor);
  }

  /**
   * The first free place, now of the device. A SCSI disk's controller must have its own.
   *
   * @param bytes of an NVDIMM
   * @throws QemuError `no-free-slot`
   */
  take({ id, bytes = 0 }: { readonly id: string; readonly bytes?: number }, bus: DeviceBus): Position {
    if (bus === 'scsi') {
      const controller = this.#slots.of(scsiControllerId);
      if (controller === undefined) throw new RangeError(`${id}: there is no SCSI controller`);
      const { target, lun } = this.#units.take(id);
      return {
        properties: { bus: `${scsiControllerId}.0`, 'scsi-id': target, lun },
        plugged: plugged(controller, `${target}:${lun}`),
      };
    }
    if (bus === 'mmio') {
      if (this.#mmio.size === mostMmio)
        throw qemuError('no-free-slot', `all ${mostMmio} places on virtio-mmio are taken; use virtio-blk`);
      this.#mmio.add(id);
      // QEMU chooses among its transports: the guest tells its disks by what they say of themselves.
      return { properties: { serial: id }, plugged: { guestPciPath: '', guestSerial: id } };
    }
    if (bus === 'nvdimm') {
      const slot = this.#nvdimms.take(id, bytes);
      return { properties: { slot }, plugged: nvdimmAt(slot) };
    }
    const place = this.#slots.take(id, bus);
    return { properties: onPci(place), plugged: plugged(place) };
  }

  /** The place of the controller of all SCSI disks, where it has none yet. @throws QemuError `no-free-slot` */
  takeController(): Position['properties'] | undefined {
    return this.#slots.of(scsiControllerId) === undefined
      ? onPci(this.#slots.take(scsiControllerId))
      : undefined;
  }

  /** Of a device that has its place. */
  of(id: string): PluggedDevice | undefined {
    if (this.#mmio.has(id)) return { guestPciPath: '', guestSerial: id };
    const nvdimm = this.#nvdimms.of(id);
    if (nvdimm !== undefined) return nvdimmAt(nvdimm);
    const unit = this.#units.of(id);
    const place = this.#slots.of(unit === undefined ? id : scsiControllerId);
    if (place === undefined) return undefined;
    return unit === undefined ? plugged(place) : plugged(place, `${unit.target}:${unit.lun}`);
  }

  release(id: string): void {
    this.#slots.release(id);
    this.#units.release(id);
    this.#mmio.delete(id);
    this.#nvdimms.release(id);
  }
}

function plugged({ guestPciPath }: PciPlace, guestScsiAddress?: string): PluggedDevice {
  return guestScsiAddress === undefined ? { guestPciPath } : { guestPciPath, guestScsiAddress };
}

/** QEMU counts them in its table from 1. */
function nvdimmAt(slot: number): PluggedDevice {
  return { guestPciPath: '', guestNvdimmHandle: slot + 1 };
}

/** No option ROM: nothing boots from these devices. */
function onPci({ bus, slot }: PciPlace): Position['properties'] {
  return { bus, addr: slotAddress(slot), romfile: '' };
}
