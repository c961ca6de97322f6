import type { PluggedDevice, VmDevice } from '@hako/hypervisor';
import { type ArgumentsOf, defineCommand, nothing, type QmpClient, type QmpCommand } from '@hako/qmp';
import { qemuError } from '../qemu-error.ts';
import { driverOf } from './drivers.ts';
import type { PciSlots } from './pci-slots.ts';

const deviceAdd: QmpCommand<ArgumentsOf<'device_add'>, unknown> = defineCommand('device_add', nothing);
const deviceDel: QmpCommand<{ readonly id: string }, unknown> = defineCommand('device_del', nothing);

/** How long a guest may take to let a device go. Its kernel needs tens of milliseconds, emulated and busy a second. */
const UNPLUG_TIMEOUT_MS = 10_000;

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
  readonly #present = new Map<string, Present>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(qmp: QmpClient, slots: PciSlots, devices: readonly VmDevice[]) {
    this.#qmp = qmp;
    this.#slots = slots;
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
    const place = this.#slots.take(id);
    try {
      await driver.addBackend(this.#qmp, device);
      try {
        const [name, properties] = driver.device(device);
        const position = { bus: place.bus, addr: String(place.slot) };
        await this.#qmp.execute(deviceAdd, { driver: name, id, ...properties, ...position, romfile: '' });
      } catch (error) {
        await driver.removeBackend(this.#qmp, id).catch(() => undefined);
        throw error;
      }
    } catch (error) {
      this.#slots.release(id);
      throw error;
    }
    this.#add(device);
    return { guestPciPath: place.guestPciPath };
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
    this.#present.delete(device.id);
    this.#slots.release(device.id);
    gone.resolve();
  }

  #refused({ device, gone }: Present): void {
    gone.reject(
      qemuError('unplug-refused', `the guest refuses to let ${device.id} go`, { device: device.id }),
    );
    this.#add(device);
  }
}
