import type { HypervisorConfig } from '@hako/config';
import type { PluggedDevice, VirtualMachine } from '@hako/hypervisor';
import { guestDiskFile, guestRootfs } from '../guest-paths.ts';
import type { GuestStorage } from '../guest-storage.ts';
import { type SandboxError, sandboxError } from '../sandbox-error.ts';
import type { SharedMount } from '../share.ts';
import { Turns } from '../turns.ts';
import { type UsedDevice, UsedDevices } from '../used-devices.ts';
import type { ColdDisk } from './cold-disks.ts';
import { diskDevice } from './disk-device.ts';
import { bytesOfDisk, type HostDisk } from './host-disk.ts';
import type { PlannedDisk } from './plan-disks.ts';

/** A device for CreateContainer (field names of grpc.Device). */
export interface GuestDevice {
  /** `blk`, `scsi`, `mmioblk` or `nvdimm`. */
  readonly type: string;
  /** Where the guest finds it: PCI path, SCSI address, serial number, number of an NVDIMM. */
  readonly id: string;
  readonly vmPath: string;
  readonly containerPath: string;
  readonly options: string[];
}

/** What the guest is told of a container's disks. */
export interface AttachedDisks {
  readonly devices: readonly GuestDevice[];
  readonly storages: readonly GuestStorage[];
  readonly mounts: readonly SharedMount[];
}

/** A direct volume that a container has. */
interface MountedVolume {
  readonly containerId: string;
  readonly path: string;
  readonly disk: HostDisk;
  readonly guestPath: string;
}

interface PluggedDisk extends UsedDevice {
  readonly readonly: boolean;
}

const SECTOR_BYTES = 512;

/** Disks of the host that one machine has: plugged for their first container and unplugged with the last, or there from start to end. */
export class SandboxDisks {
  readonly #machine: VirtualMachine;
  readonly #hypervisor: HypervisorConfig;
  /** By the identities of the disks. */
  readonly #used: UsedDevices<PluggedDisk>;
  readonly #turns = new Turns();
  #volumes: readonly MountedVolume[] = [];
  #made: number;

  /** @param atStart those that the machine was started with, by identities */
  constructor(
    machine: VirtualMachine,
    hypervisor: HypervisorConfig,
    atStart: ReadonlyMap<string, ColdDisk> = new Map(),
  ) {
    this.#machine = machine;
    this.#hypervisor = hypervisor;
    this.#used = new UsedDevices(machine, presentDisks(machine, atStart));
    this.#made = atStart.size;
  }

  /**
   * Plugs what is not there yet. Nothing stays of a container whose disks cannot all be had.
   *
   * @param name of the container's folder in the share
   * @throws SandboxError `host-refused`
   */
  attach(containerId: string, name: string, planned: readonly PlannedDisk[]): Promise<AttachedDisks> {
    return this.#turns.run(async () => {
      const devices: GuestDevice[] = [];
      const storages: GuestStorage[] = [];
      const mounts: SharedMount[] = [];
      try {
        for (const one of planned) {
          const place = await this.#use(containerId, one);
          const { use } = one;
          if (use.kind === 'node') {
            devices.push({ ...place, vmPath: '', containerPath: use.containerPath, options: [] });
            continue;
          }
          const storage = storageOf(one, place, name);
          storages.push(storage);
          if (use.kind === 'volume') this.#note(containerId, use.volumePath, one.disk, storage.mountPoint);
          if (use.kind !== 'rootfs') mounts.push({ index: use.index, guestSource: storage.mountPoint });
        }
      } catch (error) {
        await this.#letGo(containerId).catch(() => {});
        throw error;
      }
      return { devices, storages, mounts };
    });
  }

  /** Unplugs what no other container uses. @throws SandboxError `teardown-incomplete` when the guest keeps one */
  detach(containerId: string): Promise<void> {
    return this.#turns.run(() => this.#letGo(containerId));
  }

  /** Where the guest has a direct volume. @throws SandboxError `not-found` */
  guestPathOf(volumePath: string): string {
    return this.#volume(volumePath).guestPath;
  }

  /**
   * Tells machine and guest of the size that the disk of a direct volume has on the host now.
   *
   * @throws SandboxError `not-found`; `host-refused` when that is less than `bytes`, or the VMM cannot
   */
  resizeVolume(volumePath: string, bytes: number): Promise<void> {
    return this.#turns.run(async () => {
      const { disk } = this.#volume(volumePath);
      const onHost = bytesOfDisk(disk);
      const refused = (why: string, cause?: unknown): SandboxError =>
        sandboxError(
          'host-refused',
          `${disk.path}, the disk of ${volumePath}, ${why}`,
          { path: disk.path },
          cause,
        );
      if (onHost < bytes) throw refused(`has ${onHost} bytes, not ${bytes}; make it larger first`);
      if (onHost % SECTOR_BYTES !== 0)
        throw refused(`has ${onHost} bytes, which is no multiple of ${SECTOR_BYTES}`);
      const plugged = this.#used.get(disk.identity);
      if (plugged === undefined) throw refused('is not in the virtual machine any more');
      try {
        await this.#machine.resizeDisk(plugged.id, onHost);
      } catch (error) {
        throw refused(`cannot be resized: ${(error as Error).message}`, error);
      }
    });
  }

  #note(containerId: string, path: string, disk: HostDisk, guestPath: string): void {
    this.#volumes = [...this.#volumes, { containerId, path, disk, guestPath }];
  }

  #volume(path: string): MountedVolume {
    const volume = this.#volumes.find((one) => one.path === path);
    if (volume !== undefined) return volume;
    throw sandboxError('not-found', `no container of the virtual machine has the direct volume ${path}`, {
      path,
    });
  }

  async #use(containerId: string, planned: PlannedDisk): Promise<Pick<GuestDevice, 'type' | 'id'>> {
    const { disk } = planned;
    const left = this.#used.idle(disk.identity);
    // No container that may write has it any more, and the guest still could.
    if (left !== undefined && left.readonly !== planned.readonly) throw staysAs(disk.path, left);
    const { readonly, where } = await this.#used.use(containerId, disk.identity, () => this.#plug(planned));
    if (readonly && !planned.readonly) {
      throw sandboxError(
        'host-refused',
        `${disk.path} is in the virtual machine already, read-only for another container`,
        { path: disk.path },
      );
    }
    return placeOf(where);
  }

  async #plug(planned: PlannedDisk): Promise<PluggedDisk> {
    const { disk, readonly } = planned;
    this.#made += 1;
    const device = diskDevice(`disk${this.#made}`, planned, this.#hypervisor);
    if (!this.#machine.hotplug.has(device.kind)) throw cannotPlug(disk.path, this.#hypervisor);
    try {
      const where = await this.#machine.plug(device);
      return { id: device.id, readonly, where, endsWith: device.kind === 'nvdimm' ? 'machine' : 'last-user' };
    } catch (error) {
      throw sandboxError(
        'host-refused',
        `${disk.path} cannot be attached to the virtual machine: ${(error as Error).message}`,
        { path: disk.path },
        error,
      );
    }
  }

  async #letGo(containerId: string): Promise<void> {
    this.#volumes = this.#volumes.filter((volume) => volume.containerId !== containerId);
    await this.#used.letGo(containerId);
  }
}

function presentDisks(
  machine: VirtualMachine,
  atStart: ReadonlyMap<string, ColdDisk>,
): ReadonlyMap<string, PluggedDisk> {
  const present = new Map<string, PluggedDisk>();
  for (const [identity, { device, readonly }] of atStart) {
    const where = machine.placeOf(device.id);
    if (where !== undefined) present.set(identity, { id: device.id, readonly, where, endsWith: 'machine' });
  }
  return present;
}

function placeOf(where: PluggedDevice): Pick<GuestDevice, 'type' | 'id'> {
  const { guestPciPath, guestScsiAddress, guestSerial, guestNvdimmHandle } = where;
  if (guestNvdimmHandle !== undefined) return { type: 'nvdimm', id: String(guestNvdimmHandle) };
  if (guestSerial !== undefined) return { type: 'mmioblk', id: guestSerial };
  return guestScsiAddress === undefined
    ? { type: 'blk', id: guestPciPath }
    : { type: 'scsi', id: guestScsiAddress };
}

function storageOf(
  { use, readonly }: PlannedDisk,
  { type, id }: Pick<GuestDevice, 'type' | 'id'>,
  name: string,
): GuestStorage {
  const common = { driver: type, source: id };
  if (use.kind === 'rootfs') {
    const options = mountOptions(use.options, readonly);
    return { ...common, fstype: use.fsType, options, mountPoint: guestRootfs(name) };
  }
  if (use.kind === 'volume') {
    const { index, fsType, groupId } = use;
    return {
      ...common,
      fstype: fsType,
      options: mountOptions(use.options, readonly),
      mountPoint: guestDiskFile(name, index),
      ...(groupId === undefined ? {} : { fsGroup: { groupId } }),
    };
  }
  const index = use.kind === 'mount' ? use.index : 0;
  return { ...common, fstype: 'bind', options: ['bind'], mountPoint: guestDiskFile(name, index) };
}

function mountOptions(options: readonly string[], readonly: boolean): string[] {
  return readonly && !options.includes('ro') ? [...options, 'ro'] : [...options];
}

function cannotPlug(path: string, { machineType }: HypervisorConfig): SandboxError {
  return sandboxError(
    'unsupported',
    `${path}: machine_type = "${machineType}" has only the disks that it starts with, those of the sandbox's own container; name it there too, or use q35 or pc`,
    { path },
  );
}

function staysAs(path: string, { readonly }: PluggedDisk): SandboxError {
  const [is, wanted] = readonly ? ['read-only', 'writing'] : ['for writing', 'reading only'];
  return sandboxError(
    'host-refused',
    `${path} is in the virtual machine already, ${is}, and stays so as an NVDIMM; it cannot come for ${wanted}: end the sandbox first, or use block_device_driver = "virtio-blk"`,
    { path },
  );
}
