import type { QmpClient } from '@hako/qmp';

/** What the guest's device sits on; `port` is where the configuration wants devices of the host. */
export type DeviceBus = 'pci' | 'scsi' | 'mmio' | 'port' | 'nvdimm';

type Properties = Readonly<Record<string, string | number | boolean>>;

/**
 * How QEMU has one kind of device: something on the host (a netdev, a block node) and the device of the guest in front of
 * it. The same description makes the command line and the plugging.
 */
export interface DeviceDriver<Device> {
  readonly bus: DeviceBus;
  /** Can be served by a thread of its own (`iothread`). */
  readonly takesIothread: boolean;
  /** Descriptors that QEMU needs, in an order that `backendOptions` and `addBackend` keep. */
  descriptors(device: Device): readonly number[];
  /** `[option, first word, properties]` of the host's side; `fds` are the numbers of the descriptors in QEMU. */
  backendOptions(device: Device, fds: readonly number[]): readonly [string, string, Properties][];
  /** Driver and properties of the guest's device, without id and place. */
  device(device: Device): [driver: string, properties: Properties];
  /** Makes the host's side in a running QEMU. Rejects with nothing of it left. */
  addBackend(qmp: QmpClient, device: Device): Promise<void>;
  removeBackend(qmp: QmpClient, id: string): Promise<void>;
}
