import type { PluggedDevice, VmDevice } from '@hako/hypervisor';
import type { QmpClient } from '@hako/qmp';
import { qemuError } from '../qemu-error.ts';
import { askForUnplug, deviceAdd, UNPLUG_TIMEOUT_MS } from './device-commands.ts';
import { resizeDisk } from './disk.ts';
import { driverOf } from './drivers.ts';
import type { FdSets } from './fd-sets.ts';
import type { Places } from './places.ts';
import { scsiControllerDriver, scsiControllerId } from './scsi-units.ts';

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
  readonly #places: Places;
  readonly #iothreads: readonly string[];
  #threadsGiven = 0;
  /** Undefined: QEMU opens the files of disks itself. */
  readonly #files: FdSets | undefined;
  readonly #present = new Map<string, Present>();
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param devices those that the machine was started with, which have their places in `places`
   * @param iothreads ids of QEMU's threads that serve disks, in turn
   * @param files for a QEMU that may not open the files of disks itself
   */
  constructor(
    qmp: QmpClient,
    places: Places,
    devices: readonly VmDevice[],
    iothreads: readonly string[] = [],
    files?: FdSets,
  ) {
    this.#files = files;
    this.#qmp = qmp;
    this.#places = places;
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

  /** @throws QemuError `size-refused` for an NVDIMM; QmpError */
  resizeDisk(id: string, bytes: number): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#present.get(id)?.device.kind === 'nvdimm')
        throw qemuError('size-refused', 'an NVDIMM keeps its size', { device: id });
      await resizeDisk(this.#qmp, id, bytes);
    });
  }

  /** Also of a device that the machine was started with. */
  placeOf(id: string): PluggedDevice | undefined {
    return this.#places.of(id);
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
    if (driver.bus === 'scsi') await this.#plugController();
    const { properties, plugged } = this.#places.take(device, driver.bus);
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
      this.#places.release(id);
      throw error;
    }
    this.#add(device);
    return plugged;
  }

  /** It comes with the first disk, and stays: a machine without disks starts without it. */
  async #plugController(): Promise<void> {
    const properties = this.#places.takeController();
    if (properties === undefined) return;
    try {
      await this.#qmp.execute(deviceAdd, {
        driver: scsiControllerDriver,
        id: scsiControllerId,
        ...properties,
        ...this.#nextThread(),
      });
    } catch (error) {
      this.#places.release(scsiControllerId);
      throw error;
    }
  }

  #nextThread(): { readonly iothread?: string } {
    const iothread = this.#iothreads[this.#threadsGiven++ % this.#iothreads.length];
    return iothread === undefined ? {} : { iothread };
  }

  async #unplug(id: string): Promise<void> {
    const present = this.#present.get(id);
    if (present === undefined) return;
    const { device, gone } = present;
    if (device.kind === 'nvdimm')
      throw qemuError('unplug-refused', `${id} stays: QEMU takes no NVDIMM out of a machine that runs`, {
        device: id,
      });
    await askForUnplug(this.#qmp, id);
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
    this.#places.release(device.id);
    gone.resolve();
  }

  #refused({ device, gone }: Present): void {
    gone.reject(
      qemuError('unplug-refused', `the guest refuses to let ${device.id} go`, { device: device.id }),
    );
    this.#add(device);
  }
}
