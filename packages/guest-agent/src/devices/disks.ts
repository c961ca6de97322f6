import { readdirSync, writeFileSync } from 'node:fs';
import type { Machine } from '../system/machine.ts';
import { awaitDevice } from './await-device.ts';
import { checkScsiAddress, findNamedDisk, findPciDisk, findScsiDisk, findSerialDisk } from './find-disk.ts';
import { findNvdimm } from './find-nvdimm.ts';

/** Kinds of disks, as the protocol names them: types of devices, and drivers of storages. */
export const diskDrivers = ['blk', 'scsi', 'mmioblk', 'nvdimm'] as const;
export type DiskDriver = (typeof diskDrivers)[number];

export function isDiskDriver(name: string): name is DiskDriver {
  return (diskDrivers as readonly string[]).includes(name);
}

const modulesOf: Readonly<Record<DiskDriver, readonly string[]>> = {
  blk: ['virtio_blk'],
  scsi: ['virtio_scsi', 'sd_mod'],
  mmioblk: ['virtio_mmio', 'virtio_blk'],
  nvdimm: ['nfit', 'nd_pmem'],
};

/**
 * The device file of a disk that the host has given the machine, once it is there. `place` is a PCI path (`blk`), a SCSI address
 * (`scsi`), a serial number (`mmioblk`), the number of an NVDIMM in the firmware's table (`nvdimm`), or, for any of them, the device file
 * itself.
 *
 * Throws AgentError `invalid-argument`, `not-found`.
 */
export async function diskFile(machine: Machine, driver: DiskDriver, place: string): Promise<string> {
  const what = `${driver} disk ${JSON.stringify(place)}`;
  await machine.loadModules(modulesOf[driver]);
  if (place.startsWith('/')) return await awaitDevice(what, () => findNamedDisk(place), machine);
  switch (driver) {
    case 'blk':
      return await awaitDevice(what, () => findPciDisk(place), machine, rescanPci);
    case 'scsi':
      return await scsiDisk(machine, what, place);
    case 'mmioblk':
      return await awaitDevice(what, () => findSerialDisk(place), machine);
    case 'nvdimm':
      return await awaitDevice(what, () => findNvdimm(place), machine);
  }
}

/** The kernel learns of a disk by the controller's event, or, with `scsi_mod.scan=none`, only when it is told to look. */
async function scsiDisk(machine: Machine, what: string, address: string): Promise<string> {
  checkScsiAddress(address);
  const [target, unit] = address.split(':');
  const hostsDir = '/sys/class/scsi_host';
  const hosts = (): readonly string[] => {
    try {
      return readdirSync(hostsDir);
    } catch {
      return [];
    }
  };
  await awaitDevice(`the controller of ${what}`, () => hosts()[0], machine, rescanPci);
  const scan = (): void => {
    for (const host of hosts()) writeIfPossible(`${hostsDir}/${host}/scan`, `0 ${target} ${unit}`);
  };
  scan();
  return await awaitDevice(what, () => findScsiDisk(address), machine, scan);
}

function rescanPci(): void {
  writeIfPossible('/sys/bus/pci/rescan', '1');
}

/** A rescan that is refused finds nothing, which is then what is said. */
function writeIfPossible(path: string, value: string): void {
  try {
    writeFileSync(path, value);
  } catch {
    // See above.
  }
}
