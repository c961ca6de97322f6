import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type SandboxError, sandboxError } from '../sandbox-error.ts';

/** A PCI device of the host. */
export interface HostPci {
  /** `0000:3b:00.0` */
  readonly address: string;
  /** Room that its registers and memory need in the guest's address space, wherever that begins at a multiple of 1 MiB. */
  readonly plainBytes: number;
  readonly prefetchableBytes: number;
}

/** What a file below /dev/vfio of the host stands for. */
export interface VfioFile {
  /** `12` for the group 12 of the IOMMU, `vfio0` for a device's own file. */
  readonly name: string;
  /** A device's own file, which is opened through iommufd. */
  readonly iommufd: boolean;
  readonly devices: readonly HostPci[];
}

/** Bridges share a group with what is behind them, and stay the host's: host bridge, PCI-to-PCI bridge. */
const bridgeClasses: ReadonlySet<string> = new Set(['0x0600', '0x0604']);
/** Registers and memory of a device are the first six lines of its file `resource`. */
const regions = 6;
const memoryFlag = 0x200;
const prefetchFlag = 0x2000;
/** A port's part of the address space begins at a multiple of it. */
const windowStep = 0x10_0000;

/**
 * The host's file with these numbers, and the PCI devices that come with it: of a group all but bridges.
 *
 * @param field names the device in config.json
 * @throws SandboxError `host-refused` for what is not there, is none, or is not ready to be handed over; `unsupported` for a mediated device
 */
export function vfioFile(major: number, minor: number, field: string, root = '/'): VfioFile {
  const numbers = `${major}:${minor}`;
  const folder = join(root, 'sys/dev/char', numbers);
  const file = readOr(join(folder, 'uevent'), () =>
    refused(`${field}: the host has no character device ${numbers}`, folder),
  );
  const name = /^DEVNAME=vfio\/(?:devices\/)?((?:vfio)?[0-9]+)$/m.exec(file)?.[1];
  if (name === undefined)
    throw refused(`${field}: ${numbers} is on the host no group of an IOMMU and no VFIO device`, folder);
  const iommufd = name.startsWith('vfio');
  const addresses = iommufd ? [addressOfFile(folder, field)] : addressesOfGroup(root, name, field);
  const devices = addresses.flatMap((address) => hostPci(root, address, `${field}: /dev/vfio/${name}`));
  if (devices.length === 0)
    throw refused(`${field}: group ${name} of the IOMMU has no device that can be handed over`, folder);
  return { name, iommufd, devices };
}

function addressOfFile(folder: string, field: string): string {
  try {
    return basename(readlinkSync(join(folder, 'device')));
  } catch (error) {
    throw refused(`${field}: ${folder} does not say which device it is of`, folder, error);
  }
}

function addressesOfGroup(root: string, group: string, field: string): readonly string[] {
  const folder = join(root, 'sys/kernel/iommu_groups', group, 'devices');
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw refused(`${field}: the host has no group ${group} of its IOMMU`, folder, error);
  }
}

/** None for a bridge. */
function hostPci(root: string, address: string, what: string): HostPci[] {
  if (!/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(address))
    throw sandboxError(
      'unsupported',
      `${what}: ${address} is no PCI device; mediated devices are not supported`,
    );
  const folder = join(root, 'sys/bus/pci/devices', address);
  const missing = (): SandboxError => refused(`${what}: the host has no PCI device ${address}`, folder);
  const pciClass = readOr(join(folder, 'class'), missing).slice(0, '0x0600'.length);
  if (bridgeClasses.has(pciClass)) return [];
  const driver = driverOf(folder);
  if (!/vfio[-_]pci$/.test(driver))
    throw refused(
      `${what}: ${address} has the driver ${driver === '' ? '(none)' : driver} on the host; bind it to vfio-pci`,
      folder,
    );
  return [{ address, ...room(readOr(join(folder, 'resource'), missing)) }];
}

function driverOf(folder: string): string {
  try {
    return basename(readlinkSync(join(folder, 'driver')));
  } catch {
    return '';
  }
}

function room(resource: string): Omit<HostPci, 'address'> {
  const plain: number[] = [];
  const prefetchable: number[] = [];
  for (const line of resource.split('\n').slice(0, regions)) {
    const [start = 0, end = 0, flags = 0] = line.split(' ').map(Number);
    if ((flags & memoryFlag) === 0) continue;
    ((flags & prefetchFlag) === 0 ? plain : prefetchable).push(end - start + 1);
  }
  return { plainBytes: roomOf(plain), prefetchableBytes: roomOf(prefetchable) };
}

/** Regions are powers of two and lie at multiples of their size: of what begins elsewhere, the part before the largest may be lost. */
function roomOf(sizes: readonly number[]): number {
  const sum = sizes.reduce((all, size) => all + size, 0);
  return sum + Math.max(0, Math.max(0, ...sizes) - windowStep);
}

function readOr(path: string, failure: () => SandboxError): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    throw failure();
  }
}

function refused(message: string, path: string, cause?: unknown): SandboxError {
  return sandboxError('host-refused', message, { path }, cause);
}
