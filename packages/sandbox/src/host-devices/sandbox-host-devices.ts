import type { HostPciDevice, PluggedDevice, VirtualMachine, VmDevice } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import type { GuestDevice } from '../disks/sandbox-disks.ts';
import { sandboxError } from '../sandbox-error.ts';
import { hostPciDevice } from './machine-for.ts';
import type { PlannedHostDevice } from './plan-host-devices.ts';

interface Present {
  readonly id: string;
  readonly where: PluggedDevice;
  users: number;
}

/**
 * Devices of the host that one machine has. With `hot_plug_vfio` they are plugged for their first container and unplugged with the last;
 * with `cold_plug_vfio` they are there from start to end.
 */
export class SandboxHostDevices {
  readonly #machine: VirtualMachine;
  readonly #config: Pick<SandboxConfig, 'hypervisor' | 'runtime'>;
  /** By their addresses on the host. */
  readonly #present = new Map<string, Present>();
  readonly #atStart: ReadonlyMap<string, HostPciDevice>;
  /** Addresses that a container uses, one entry per use. */
  readonly #used = new Map<string, readonly string[]>();
  #made: number;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param atStart all that the machine was started with */
  constructor(
    machine: VirtualMachine,
    config: Pick<SandboxConfig, 'hypervisor' | 'runtime'>,
    atStart: readonly VmDevice[] = [],
  ) {
    this.#machine = machine;
    this.#config = config;
    this.#atStart = new Map(
      atStart.filter((device) => device.kind === 'vfio').map((device) => [device.address, device]),
    );
    this.#made = this.#atStart.size;
  }

  /**
   * What the guest is told of a container's devices. Plugs what is not there yet; nothing stays of a container whose devices cannot all
   * be had.
   *
   * @throws SandboxError `host-refused`, `unsupported`
   */
  attach(containerId: string, planned: readonly PlannedHostDevice[]): Promise<readonly GuestDevice[]> {
    return this.#inTurn(async () => {
      const used: string[] = [];
      this.#used.set(containerId, used);
      try {
        const devices: GuestDevice[] = [];
        for (const one of planned) devices.push(await this.#attachFile(one, used));
        return devices;
      } catch (error) {
        await this.#letGo(containerId).catch(() => {});
        throw error;
      }
    });
  }

  /** Unplugs what no other container uses. @throws SandboxError `teardown-incomplete` when the guest keeps one */
  detach(containerId: string): Promise<void> {
    return this.#inTurn(() => this.#letGo(containerId));
  }

  /** As Kata tells its agent: `host address=way in the guest`, one for each device of the group. */
  async #attachFile({ file, containerPath, field }: PlannedHostDevice, used: string[]): Promise<GuestDevice> {
    const options: string[] = [];
    for (const { address } of file.devices) {
      const { guestPciPath } = await this.#take(address, file.iommufd, `${field}: ${address}`);
      used.push(address);
      options.push(`${address}=${guestPciPath}`);
    }
    const type = this.#config.runtime.vfioMode === 'vfio' ? 'vfio-pci' : 'vfio-pci-gk';
    return { type, id: file.name, vmPath: '', containerPath, options };
  }

  async #take(address: string, iommufd: boolean, what: string): Promise<PluggedDevice> {
    const started = this.#atStart.get(address);
    if (started !== undefined) {
      const where = this.#machine.placeOf(started.id);
      if (where !== undefined) return where;
      throw sandboxError(
        'host-refused',
        `${what} is not in the virtual machine any more: the guest has ejected it`,
      );
    }
    if (this.#config.hypervisor.coldPlugVfio !== 'no-port')
      throw sandboxError(
        'unsupported',
        `${what} is not in the virtual machine, which has with cold_plug_vfio only what it was started with; use hot_plug_vfio`,
      );
    const present = this.#present.get(address);
    if (present !== undefined && !this.#machine.isGone(present.id)) {
      present.users += 1;
      return present.where;
    }
    const device = hostPciDevice(this.#made++, address, iommufd);
    const where = await this.#plug(device, what);
    this.#present.set(address, { id: device.id, where, users: (present?.users ?? 0) + 1 });
    return where;
  }

  async #plug(device: HostPciDevice, what: string): Promise<PluggedDevice> {
    try {
      return await this.#machine.plug(device);
    } catch (error) {
      throw sandboxError(
        'host-refused',
        `${what} cannot be handed to the virtual machine: ${(error as Error).message}`,
        {},
        error,
      );
    }
  }

  async #letGo(containerId: string): Promise<void> {
    const used = this.#used.get(containerId) ?? [];
    this.#used.delete(containerId);
    const failures: string[] = [];
    for (const address of used) {
      const present = this.#present.get(address);
      if (present === undefined) continue;
      present.users -= 1;
      if (present.users > 0) continue;
      this.#present.delete(address);
      try {
        await this.#machine.unplug(present.id);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    if (failures.length > 0)
      throw sandboxError('teardown-incomplete', failures.join('; '), { id: containerId });
  }

  async #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(action);
    this.#turn = mine.catch(() => {});
    return mine;
  }
}
