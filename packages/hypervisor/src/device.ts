/** A device that a VM is started with, or that is plugged in while it runs. */
export type VmDevice = NetworkDevice | DiskDevice | NvdimmDevice | VhostUserDevice | HostPciDevice;

/** A network card (virtio-net). */
export interface NetworkDevice {
  readonly kind: 'network';
  /** Names the device within its VM: a letter, then letters, digits and `-`; at most 31 characters. */
  readonly id: string;
  /** MAC address that the guest sees: `02:00:00:00:00:01`. */
  readonly mac: string;
  readonly link: NetworkDeviceLink;
}

/** The host's side of a network card. */
export type NetworkDeviceLink =
  /**
   * Open descriptors of a tap, one per queue pair, and as many of /dev/vhost-net, or none. They are the caller's, who
   * closes them once the launch or the plug has ended: the VMM has its own then.
   */
  | { readonly kind: 'tap'; readonly queueFds: readonly number[]; readonly vhostFds: readonly number[] }
  /** A connected stream socket with a process like passt at its other end; the caller's alike. */
  | { readonly kind: 'stream'; readonly fd: number };

/** A disk: a file or a block device of the host. */
export interface DiskDevice {
  /**
   * `block` is virtio-blk on PCI, `scsi` a disk on a virtio-scsi controller, which comes with the first one; `mmio` virtio-blk on
   * virtio-mmio, which only microvm has, and only from the start.
   */
  readonly kind: 'block' | 'scsi' | 'mmio';
  /** As for a network card. */
  readonly id: string;
  /** Absolute path on the host. */
  readonly path: string;
  readonly source: 'file' | 'device';
  readonly format: 'raw' | 'qcow2';
  /** Kept by the VMM: the guest cannot write, whatever it does. */
  readonly readonly: boolean;
  /** How the VMM reads and writes; `native` needs `direct`. */
  readonly aio: 'threads' | 'native' | 'io_uring';
  /** Past the host's page cache, and whether the guest's flushes are ignored. Default: neither. */
  readonly cache?: { readonly direct: boolean; readonly noFlush: boolean };
  /** Sector sizes that the guest sees. Default: as the host's device has them, 512 for a file. */
  readonly logicalSectorBytes?: number;
  readonly physicalSectorBytes?: number;
  /** Queues and requests in each; not for `scsi`. Default: the VMM's. */
  readonly queues?: number;
  readonly queueSize?: number;
  /**
   * Open descriptor of the file or device, for a VMM that may not open `path` itself; the caller's, as with a network card. Only for a
   * device that the VM is started with. Default: the VMM opens it.
   */
  readonly fd?: number;
}

/** A disk that the guest has as memory (NVDIMM): a raw file or block device of the host. It is plugged only, and stays until the machine ends. */
export interface NvdimmDevice {
  readonly kind: 'nvdimm';
  /** As for a network card. */
  readonly id: string;
  /** Absolute path on the host. */
  readonly path: string;
  /** Its size, which it keeps: a multiple of 2 MiB. */
  readonly bytes: number;
  /** Kept by the VMM: the guest cannot write, whatever it does. */
  readonly readonly: boolean;
}

/** A virtio device whose other half is a process of the host (vhost-user), which sees the guest's memory. */
export interface VhostUserDevice {
  readonly kind: 'vhost-user';
  /** As for a network card. */
  readonly id: string;
  /** Absolute path of the Unix socket on which the process listens. */
  readonly socket: string;
  /** How long to wait before the VMM connects again to a process that is gone. Seconds. Default: it does not. */
  readonly reconnectSeconds?: number;
  /** What it is to the guest: a network card, a disk, a SCSI controller with its disks, a shared file system. */
  readonly part:
    | { readonly kind: 'network'; readonly mac: string }
    | { readonly kind: 'block'; readonly queues?: number; readonly queueSize?: number }
    | { readonly kind: 'scsi' }
    | { readonly kind: 'files'; readonly tag: string };
}

/** A device of the host's PCI bus that is handed to the guest (VFIO), bound to the driver vfio-pci on the host. It goes where cold_plug_vfio or hot_plug_vfio say; on a bridge where neither does. */
export interface HostPciDevice {
  readonly kind: 'vfio';
  /** As for a network card. */
  readonly id: string;
  /** Where it is on the host: `0000:3b:00.0`. */
  readonly address: string;
  /**
   * The VMM opens the device's own file (/dev/vfio/devices/vfioN) through iommufd, and not the group of its IOMMU. Default: the
   * group.
   */
  readonly iommufd?: boolean;
}

/** Where the guest finds a device. */
export interface PluggedDevice {
  /**
   * Slots on the way from the root bus in hexadecimal, Kata's PciPath: `02/01` is slot 1 of the bridge in slot 2. For a disk
   * of kind `scsi` those of its controller; empty for what is on no such bus: `mmio`, `nvdimm`.
   */
  readonly guestPciPath: string;
  /** Target and logical unit of a disk of kind `scsi`: `0:3`. */
  readonly guestScsiAddress?: string;
  /** What a disk of kind `mmio` says of itself: its serial number. */
  readonly guestSerial?: string;
  /** Number of an NVDIMM in the firmware's table (NFIT). */
  readonly guestNvdimmHandle?: number;
}

/** Devices of a running machine. */
export interface HotplugDevices {
  /** Kinds that this machine can plug while it runs; empty where its type has no place for them. */
  readonly hotplug: ReadonlySet<VmDevice['kind']>;
  /**
   * Plugs a device in. Resolves when the VMM has it; the guest may need a moment more. Refused, nothing of it stays.
   * Calls are served one after the other.
   */
  plug(device: VmDevice): Promise<PluggedDevice>;
  /**
   * Takes out a device, also one that the machine was started with. Resolves when the guest has let it go; rejects when
   * it does not within a few seconds, with the device still in place, and for an NVDIMM, which cannot be taken out. An id that is not
   * there is no error.
   */
  unplug(id: string): Promise<void>;
  /** Where the guest finds a device that is there, also one that the machine was started with. */
  placeOf(id: string): PluggedDevice | undefined;
  /**
   * Tells the VMM and the guest that a disk's file or device has another size now, which the host has given it. Rejects for a disk that is
   * read-only, and for an NVDIMM.
   */
  resizeDisk(id: string, bytes: number): Promise<void>;
  /** True for a device that was in the machine and is not any more, as the guest has ejected it on its own. */
  isGone(id: string): boolean;
}
