import type { VmDevice } from '@hako/hypervisor';
import type { DeviceDriver } from './device-driver.ts';
import { mmioDisk, scsiDisk, virtioDisk } from './disk.ts';
import { hostPci } from './host-pci.ts';
import { networkCard } from './network-card.ts';
import { nvdimm } from './nvdimm.ts';
import { vhostUser } from './vhost-user.ts';

const drivers: { readonly [Kind in VmDevice['kind']]: DeviceDriver<Extract<VmDevice, { kind: Kind }>> } = {
  network: networkCard,
  block: virtioDisk,
  scsi: scsiDisk,
  mmio: mmioDisk,
  nvdimm,
  'vhost-user': vhostUser,
  vfio: hostPci,
};

/** Kinds that can be plugged into a machine with places for them: nothing is ever plugged into virtio-mmio. */
export const pluggedKinds: ReadonlySet<VmDevice['kind']> = new Set(
  (Object.keys(drivers) as VmDevice['kind'][]).filter((kind) => drivers[kind].bus !== 'mmio'),
);

export function driverOf<Device extends VmDevice>({ kind }: Device): DeviceDriver<Device> {
  return drivers[kind] as unknown as DeviceDriver<Device>;
}
