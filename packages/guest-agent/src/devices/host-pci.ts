import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Device } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import type { Machine } from '../system/machine.ts';
import { awaitDevice } from './await-device.ts';
import { findPciDevice } from './find-disk.ts';

/** PCI devices that the host has handed to this guest: for the container by VFIO, and for the guest's own drivers. */
export const hostPciTypes = ['vfio-pci', 'vfio-pci-gk'] as const;
type HostPciType = (typeof hostPciTypes)[number];

export function isHostPciType(type: string): type is HostPciType {
  return (hostPciTypes as readonly string[]).includes(type);
}

export interface GuestPciDevices {
  /** Address in this guest by that on the host. */
  readonly addresses: ReadonlyMap<string, string>;
  /** File of VFIO for the container; undefined where the guest's drivers have the devices. */
  readonly file: string | undefined;
}

const vfioDriver = 'vfio-pci';
const addressPattern = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/**
 * The PCI devices of one group, once they are here and have a driver: `options` are `host address=PCI path here`, as Kata's host tells them.
 * Of `vfio-pci-gk` a device without a driver is none of an error: the container may bring one.
 *
 * Throws AgentError `invalid-argument`, `not-found`, `failed-precondition` for a guest without an IOMMU, `internal`.
 */
export async function guestPciDevices(
  machine: Machine,
  { type, options }: Pick<Device, 'type' | 'options'>,
  sysDir = '/sys',
  devDir = '/dev',
): Promise<GuestPciDevices> {
  const addresses = new Map<string, string>();
  let group: string | undefined;
  if (type === 'vfio-pci') await machine.loadModules(['vfio_pci', 'vfio_iommu_type1']);
  for (const option of options) {
    const [host = '', path = ''] = option.split('=');
    if (!addressPattern.test(host))
      throw new AgentError(
        'invalid-argument',
        `${type}: ${JSON.stringify(option)} is no "0000:3b:00.0=08/00"`,
      );
    const dir = await awaitDevice(
      `PCI device ${JSON.stringify(path)}`,
      () => findPciDevice(path, sysDir),
      machine,
      () => writeIfPossible(`${sysDir}/bus/pci/rescan`, '1'),
    );
    addresses.set(host, basename(dir));
    if (type === 'vfio-pci') group = bindToVfio(dir, sysDir, group);
    else await findDriver(machine, dir, sysDir);
  }
  if (type !== 'vfio-pci') return { addresses, file: undefined };
  if (group === undefined) throw new AgentError('invalid-argument', `${type}: no PCI device is named`);
  const path = `${devDir}/vfio/${group}`;
  const file = await awaitDevice(path, () => (existsSync(path) ? path : undefined), machine);
  return { addresses, file };
}

/** Loads the module for a device that has no driver yet. One whose kernel knows none stays without. */
async function findDriver(machine: Machine, dir: string, sysDir: string): Promise<void> {
  if (linkIn(dir, 'driver') !== undefined) return;
  try {
    await machine.loadModules([readFileSync(`${dir}/modalias`, 'latin1').trim()]);
  } catch {
    return;
  }
  // Where the driver is there already, this waits for it.
  writeIfPossible(`${sysDir}/bus/pci/drivers_probe`, basename(dir));
}

/** @returns the group of the IOMMU, which must be the one of the others */
function bindToVfio(dir: string, sysDir: string, others: string | undefined): string {
  const address = basename(dir);
  const group = linkIn(dir, 'iommu_group');
  if (group === undefined)
    throw new AgentError(
      'failed-precondition',
      `PCI device ${address} cannot be given to a container by VFIO: this guest has no IOMMU (enable_iommu)`,
    );
  if (others !== undefined && group !== others)
    throw new AgentError(
      'failed-precondition',
      `PCI devices of one group of the host are in groups ${others} and ${group} here, and a container gets one file for them`,
    );
  const driver = linkIn(dir, 'driver');
  if (driver !== vfioDriver) {
    write(`${dir}/driver_override`, vfioDriver);
    if (driver !== undefined) write(`${dir}/driver/unbind`, address);
    write(`${sysDir}/bus/pci/drivers_probe`, address);
    if (linkIn(dir, 'driver') !== vfioDriver)
      throw new AgentError('internal', `PCI device ${address} could not be given the driver ${vfioDriver}`);
  }
  return group;
}

function linkIn(dir: string, name: string): string | undefined {
  try {
    return basename(readlinkSync(`${dir}/${name}`));
  } catch {
    return undefined;
  }
}

function write(path: string, value: string): void {
  try {
    writeFileSync(path, value);
  } catch (error) {
    throw new AgentError('internal', `writing ${path} failed: ${String(error)}`, { facts: { path } });
  }
}

function writeIfPossible(path: string, value: string): void {
  try {
    writeFileSync(path, value);
  } catch {
    // A rescan that is refused finds nothing, and a driver that does not want the device leaves it: that is what is said.
  }
}

/**
 * An environment with the addresses that devices have in this guest: variables `PCIDEVICE_*`, in which device plugins of Kubernetes list
 * those of the host, and their `_INFO`. A list with a device that is not among them stays as it is.
 */
export function withGuestAddresses(
  env: readonly string[],
  addresses: ReadonlyMap<string, string>,
): readonly string[] {
  const names = env.flatMap((entry) => {
    const [name, value] = splitOnce(entry);
    const isList = name.startsWith('PCIDEVICE_') && value.split(',').every((one) => addresses.has(one));
    return isList ? [name] : [];
  });
  return env.map((entry) => {
    const [name] = splitOnce(entry);
    return names.includes(name.replace(/_INFO$/, ''))
      ? entry.replaceAll(/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/g, (one) => addresses.get(one) ?? one)
      : entry;
  });
}

function splitOnce(entry: string): readonly [name: string, value: string] {
  const at = entry.indexOf('=');
  return at === -1 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}
