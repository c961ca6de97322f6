import type { PluggedDevice, VmDevice } from '@hako/hypervisor';
import type { QmpClient } from '@hako/qmp';
import { qemuError } from '../qemu-error.ts';
import { deviceAdd, deviceDel, UNPLUG_TIMEOUT_MS } from './device-commands.ts';
import { resizeDisk } from './disk.ts';
import { driverOf } from './drivers.ts';
import type { FdSets } from './fd-sets.ts';
import { type PciPlace, type PciSlots, slotAddress } from './pci-slots.ts';
import { ScsiUnits, scsiControllerId } from './scsi-units.ts';

/** Where a device goes: properties for QEMU, and for the guest. */
interface Position {
  readonly properties: Readonly<Record<string, string | number>>;
  readonly plugged: PluggedDevice;
}

interface Present {
  readonly device: VmDevice;
  /** Resolves when the guest's device is gone, whoever took it out; rejects when the guest refuses to let it go. */
  readonly gone: PromiseWithResolvers<void>;
}

/**
 * Devices of one running QEMU. A device is `present` from the start or from `plug` on, until QEMU says that it is deleted:
 * after `unplug`, or because the guest ejected it on its own. Its backend is removed and its place freed then.
 */
export class Hotplug {
  readonly #qmp: QmpClient;
  readonly #slots: PciSlots;
  readonly #iothreads: readonly string[];
  readonly #units = new ScsiUnits();
  /** Where the controller of SCSI disks is, once there is one. */
  #controller: PciPlace | undefined;
  #threadsGiven = 0;
  /** Undefined: QEMU opens the files of disks itself. */
  readonly #files: FdSets | undefined;
  readonly #present = new Map<string, Present>();
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param devices those that the machine was started with, which have their places in `slots`; no SCSI disks
   * @param iothreads ids of QEMU's threads that serve disks, in turn
   * @param files for a QEMU that may not open the files of disks itself
   */
  constructor(
    qmp: QmpClient,
    slots: PciSlots,
    devices: readonly VmDevice[],
    iothreads: readonly string[] = [],
    files?: FdSets,
  ) {
    this.#files = files;
    this.#qmp = qmp;
    this.#slots = slots;
    this.#iothreads = iothreads;
    for (const device of devices) this.#add(device);
    void this.#follow();
  }

  /** @throws QemuError `device-exists`, `no-free-slot`; QmpError */
  plug(device: VmDevice): Promise<PluggedDevice> {
    return this.#inTurn(() => this.#plug(device));
  }

  /** @throws QemuError `unplug-refused`; QmpError */
  unplug(id: string): Promise<void> {
    return this.#inTurn(() => this.#unplug(id));
  }

  /** @throws QmpError */
  resizeDisk(id: string, bytes: number): Promise<void> {
    return this.#inTurn(() => resizeDisk(this.#qmp, id, bytes));
  }

  /** Of a device on the PCI bus, also one that the machine was started with. */
  placeOf(id: string): PluggedDevice | undefined {
    const place = this.#slots.of(id);
    return place === undefined ? undefined : { guestPciPath: place.guestPciPath };
  }

  has(id: string): boolean {
    return this.#present.has(id);
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #plug(device: VmDevice): Promise<PluggedDevice> {
    const { id } = device;
    if (this.#present.has(id))
      throw qemuError('device-exists', `the machine has a device ${id} already`, { device: id });
    const driver = driverOf(device);
    const { properties, plugged } = await this.#take(driver.bus, id);
    try {
      await driver.addBackend(this.#qmp, (await this.#files?.give(device)) ?? device);
      try {
        const [name, own] = driver.device(device);
        const thread = driver.takesIothread ? this.#nextThread() : {};
        await this.#qmp.execute(deviceAdd, { driver: name, id, ...own, ...properties, ...thread });
      } catch (error) {
        await driver.removeBackend(this.#qmp, id).catch(() => undefined);
        throw error;
      }
    } catch (error) {
      await this.#files?.remove(id).catch(() => undefined);
      this.#release(id);
      throw error;
    }
    this.#add(device);
    return plugged;
  }

  async #take(bus: 'pci' | 'scsi' | 'port', id: string): Promise<Position> {
    if (bus !== 'scsi') {
      const place = this.#slots.take(id, bus);
      return { properties: onPci(place), plugged: { guestPciPath: place.guestPciPath } };
    }
    const { guestPciPath } = await this.#scsiController();
    const { target, lun } = this.#units.take(id);
    return {
      properties: { bus: `${scsiControllerId}.0`, 'scsi-id': target, lun },
      plugged: { guestPciPath, guestScsiAddress: `${target}:${lun}` },
    };
  }

  #release(id: string): void {
    this.#slots.release(id);
    this.#units.release(id);
  }

  /** It comes with the first disk, and stays: a machine without disks starts without it. */
  async #scsiController(): Promise<PciPlace> {
    if (this.#controller !== undefined) return this.#controller;
    const place = this.#slots.take(scsiControllerId);
    try {
      await this.#qmp.execute(deviceAdd, {
        driver: 'virtio-scsi-pci',
        id: scsiControllerId,
        ...onPci(place),
        ...this.#nextThread(),
      });
    } catch (error) {
      this.#slots.release(scsiControllerId);
      throw error;
    }
    this.#controller = place;
    return place;
  }

  #nextThread(): { readonly iothread?: string } {
    const iothread = this.#iothreads[this.#threadsGiven++ % this.#iothreads.length];
    return iothread === undefined ? {} : { iothread };
  }

  async #unplug(id: string): Promise<void> {
    const present = this.#present.get(id);
    if (present === undefined) return;
    const { gone } = present;
    await this.#qmp.execute(deviceDel, { id });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `the guest did not let ${id} go within ${UNPLUG_TIMEOUT_MS / 1000} s`;
      timer = setTimeout(
        () => reject(qemuError('unplug-refused', message, { device: id })),
        UNPLUG_TIMEOUT_MS,
      );
    });
    try {
      await Promise.race([gone.promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #add(device: VmDevice): void {
    const gone = Promise.withResolvers<void>();
    // Who waits for it is told; else it is no news.
    gone.promise.catch(() => undefined);
    this.#present.set(device.id, { device, gone });
  }

  async #follow(): Promise<void> {
    try {
      for await (const { event, data } of this.#qmp.events()) {
        const present = typeof data.device === 'string' ? this.#present.get(data.device) : undefined;
        if (present === undefined) continue;
        if (event === 'DEVICE_DELETED') await this.#deleted(present);
        if (event === 'DEVICE_UNPLUG_GUEST_ERROR') this.#refused(present);
      }
    } finally {
      const ended = qemuError('vm-exited', 'the connection to QEMU has ended');
      for (const { gone } of this.#present.values()) gone.reject(ended);
    }
  }

  async #deleted({ device, gone }: Present): Promise<void> {
    await driverOf(device)
      .removeBackend(this.#qmp, device.id)
      .catch(() => undefined);
    await this.#files?.remove(device.id).catch(() => undefined);
    this.#present.delete(device.id);
    this.#release(device.id);
    gone.resolve();
  }

  #refused({ device, gone }: Present): void {
    gone.reject(
      qemuError('unplug-refused', `the guest refuses to let ${device.id} go`, { device: device.id }),
    );
    this.#add(device);
  }
}

function onPci({ bus, slot }: PciPlace): Readonly<Record<string, string>> {
  return { bus, addr: slotAddress(slot), romfile: '' };
}
