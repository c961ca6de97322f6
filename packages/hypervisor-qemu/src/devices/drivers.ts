import type { VmDevice } from '@hako/hypervisor';
import type { DeviceDriver } from './device-driver.ts';
import { scsiDisk, virtioDisk } from './disk.ts';
import { hostPci } from './host-pci.ts';
import { networkCard } from './network-card.ts';
import { vhostUser } from './vhost-user.ts';

const drivers: { readonly [Kind in VmDevice['kind']]: DeviceDriver<Extract<VmDevice, { kind: Kind }>> } = {
  network: networkCard,
  block: virtioDisk,
  scsi: scsiDisk,
  'vhost-user': vhostUser,
  vfio: hostPci,
};

/** Every kind has its driver. */
export const deviceKinds: ReadonlySet<VmDevice['kind']> = new Set(Object.keys(drivers) as VmDevice['kind'][]);

export function driverOf<Device extends VmDevice>({ kind }: Device): DeviceDriver<Device> {
  return drivers[kind] as unknown as DeviceDriver<Device>;
}
