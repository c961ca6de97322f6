import type { KernelParam } from '@hako/config';
import type { HostPciDevice, PluggedDevice, VirtualMachine, VmConfig } from '@hako/hypervisor';
import type { SandboxConfig } from '@hako/oci-translate';
import type { GuestDevice } from '../disks/sandbox-disks.ts';
import { type SandboxError, sandboxError } from '../sandbox-error.ts';
import { Turns } from '../turns.ts';
import { type UsedDevice, UsedDevices } from '../used-devices.ts';
import { hostPciDevice } from './machine-for.ts';
import type { PlannedHostDevice } from './plan-host-devices.ts';
import { lackOfRoom } from './port-room.ts';
import type { HostPci } from './vfio-file.ts';

interface PluggedHostDevice extends UsedDevice {
  readonly pci: HostPci;
}

/**
 * Devices of the host that one machine has. With `hot_plug_vfio` they are plugged for their first container and unplugged with the last;
 * with `cold_plug_vfio` they are there from start to end.
 */
export class SandboxHostDevices {
  readonly #machine: VirtualMachine;
  readonly #config: Pick<SandboxConfig, 'hypervisor' | 'runtime'>;
  readonly #atStart: ReadonlyMap<string, HostPciDevice>;
  /** What was plugged, by addresses on the host. */
  readonly #used: UsedDevices<PluggedHostDevice>;
  readonly #turns = new Turns();
  readonly #kernelParams: readonly KernelParam[];
  #made: number;

  /** @param vm what the machine was started with */
  constructor(
    machine: VirtualMachine,
    config: Pick<SandboxConfig, 'hypervisor' | 'runtime'>,
    { devices: atStart = [], kernelParams }: Pick<VmConfig, 'devices' | 'kernelParams'>,
  ) {
    this.#kernelParams = kernelParams;
    this.#machine = machine;
    this.#used = new UsedDevices(machine);
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
    return this.#turns.run(async () => {
      try {
        const devices: GuestDevice[] = [];
        for (const one of planned) devices.push(await this.#attachFile(one, containerId));
        return devices;
      } catch (error) {
        await this.#used.letGo(containerId).catch(() => {});
        throw error;
      }
    });
  }

  /** Unplugs what no other container uses. @throws SandboxError `teardown-incomplete` when the guest keeps one */
  detach(containerId: string): Promise<void> {
    return this.#turns.run(() => this.#used.letGo(containerId));
  }

  /** As Kata tells its agent: `host address=way in the guest`, one for each device of the group. */
  async #attachFile(
    { file, containerPath, field }: PlannedHostDevice,
    containerId: string,
  ): Promise<GuestDevice> {
    const options: string[] = [];
    for (const device of file.devices) {
      const { address } = device;
      const { guestPciPath } = await this.#take(containerId, device, file.iommufd, `${field}: ${address}`);
      options.push(`${address}=${guestPciPath}`);
    }
    const type = this.#config.runtime.vfioMode === 'vfio' ? 'vfio-pci' : 'vfio-pci-gk';
    return { type, id: file.name, vmPath: '', containerPath, options };
  }

  async #take(containerId: string, pci: HostPci, iommufd: boolean, what: string): Promise<PluggedDevice> {
    const { address } = pci;
    const started = this.#atStart.get(address);
    if (started !== undefined) {
      const where = this.#machine.placeOf(started.id);
      if (where !== undefined) return where;
      throw sandboxError(
        'host-refused',
        `${what} is not in the virtual machine any more: the guest has ejected it`,
      );
    }
    if (this.#config.hypervisor.coldPlugVfio !== 'no-port') throw notAtStart(what, this.#atStart);
    const { where } = await this.#used.use(containerId, address, async () => {
      this.#demandRoom(pci, what);
      const device = hostPciDevice(this.#made++, address, iommufd);
      return { id: device.id, where: await this.#plug(device, what), endsWith: 'last-user', pci };
    });
    return where;
  }

  #demandRoom(pci: HostPci, what: string): void {
    const present = this.#used.all().map((device) => device.pci);
    const lack = lackOfRoom(pci, present, this.#config.hypervisor, this.#kernelParams);
    if (lack !== undefined) throw sandboxError('unsupported', `${what} ${lack}`);
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
}

/** With `cold_plug_vfio`: nobody named it when the machine was started. */
function notAtStart(what: string, atStart: ReadonlyMap<string, HostPciDevice>): SandboxError {
  const started =
    atStart.size === 0
      ? 'none, since neither its first container nor an annotation cdi.k8s.io/… of it nor the kubelet named one'
      : [...atStart.keys()].join(', ');
  return sandboxError(
    'unsupported',
    `${what} is not in the virtual machine: with cold_plug_vfio that starts with its devices, and gets no others (it started with ${started}); have annotations cdi.k8s.io/… of the pod name it, or the kubelet (pod_resource_api_sock), or in place of cold_plug_vfio set hot_plug_vfio = "root-port", and pcie_root_port to the number of devices of a pod`,
  );
}
