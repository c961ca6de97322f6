/** A device that a VM is started with, or that is plugged in while it runs. */
export type VmDevice = NetworkDevice;

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
  /** A Unix stream socket on which a process like passt waits for the VMM. */
  | { readonly kind: 'socket'; readonly path: string };

/** Where the guest finds a device that was plugged in. */
export interface PluggedDevice {
  /** Slots on the way from the root bus in hexadecimal, Kata's PciPath: `02/01` is slot 1 of the bridge in slot 2. */
  readonly guestPciPath: string;
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
   * it does not within a few seconds, with the device still in place. An id that is not there is no error.
   */
  unplug(id: string): Promise<void>;
}
