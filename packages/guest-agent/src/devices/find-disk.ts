import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';

const slot = '[0-9a-f]{2}';
const pciPathPattern = new RegExp(`^${slot}(\\.[0-7])?(/${slot}(\\.[0-7])?)*$`);

/**
 * Device file of the virtio-blk disk at a PCI path (`02/01`: slot 1 on the bridge in slot 2; a function may follow: `02.1`).
 * Undefined while it is not there. Throws AgentError `invalid-argument` for no such path.
 */
export function findPciDisk(pciPath: string, sysDir = '/sys', devDir = '/dev'): string | undefined {
  const dir = findPciDevice(pciPath, sysDir);
  const virtio = dir === undefined ? undefined : childOf(dir, (name) => /^virtio[0-9]+$/.test(name));
  return virtio === undefined ? undefined : deviceFile(`${virtio}/block`, devDir);
}

/** Folder in sysfs of the device at a PCI path, as for a disk. Throws AgentError `invalid-argument`. */
export function findPciDevice(pciPath: string, sysDir = '/sys'): string | undefined {
  if (!pciPathPattern.test(pciPath)) {
    throw new AgentError(
      'invalid-argument',
      `${JSON.stringify(pciPath)} is no path of PCI slots such as "02/01"`,
    );
  }
  let dir: string | undefined = `${sysDir}/devices/pci0000:00`;
  for (const part of pciPath.split('/')) {
    const [number, fn = '0'] = part.split('.');
    dir = childOf(dir, (name) => name.endsWith(`:${number}.${fn}`));
    if (dir === undefined) return undefined;
  }
  return dir;
}

/**
 * Device file of the disk with a SCSI address, `target:unit`, on whatever host it is. Undefined while it is not there.
 * Throws AgentError `invalid-argument`.
 */
export function findScsiDisk(address: string, sysDir = '/sys', devDir = '/dev'): string | undefined {
  checkScsiAddress(address);
  const device = childOf(
    `${sysDir}/bus/scsi/devices`,
    (name) => /^[0-9]+:0:/.test(name) && name.endsWith(`:0:${address}`),
  );
  return device === undefined ? undefined : deviceFile(`${device}/block`, devDir);
}

/** Throws AgentError `invalid-argument`. */
export function checkScsiAddress(address: string): void {
  if (!/^[0-9]{1,3}:[0-9]{1,5}$/.test(address)) {
    throw new AgentError('invalid-argument', `${JSON.stringify(address)} is no SCSI address such as "0:1"`);
  }
}

/**
 * Device file of the virtio-blk disk that says it has this serial number. Undefined while it is not there. Throws AgentError
 * `invalid-argument` for what no disk of the host has.
 */
export function findSerialDisk(serial: string, sysDir = '/sys', devDir = '/dev'): string | undefined {
  // QEMU hands out 20 characters of it.
  if (!/^[A-Za-z0-9_-]{1,20}$/.test(serial))
    throw new AgentError('invalid-argument', `${JSON.stringify(serial)} is no serial number of a disk`);
  const blocks = `${sysDir}/class/block`;
  const name = listOf(blocks).find((entry) => serialOf(`${blocks}/${entry}/serial`) === serial);
  return name !== undefined && existsSync(`${devDir}/${name}`) ? `${devDir}/${name}` : undefined;
}

/** Only disks that have one have this file; one that is going away does not answer. */
function serialOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined;
  }
}

/** A path of the host's choice, if it is one of the guest's devices and there. Throws AgentError `invalid-argument`. */
export function findNamedDisk(path: string): string | undefined {
  if (!/^\/dev\/[A-Za-z0-9_-]+$/.test(path)) {
    throw new AgentError('invalid-argument', `${JSON.stringify(path)} is no device file below /dev`);
  }
  return existsSync(path) ? path : undefined;
}

function childOf(dir: string, matches: (name: string) => boolean): string | undefined {
  const name = listOf(dir).find(matches);
  return name === undefined ? undefined : `${dir}/${name}`;
}

/** Of the one disk whose folder is in `dir`. */
export function deviceFile(dir: string, devDir: string): string | undefined {
  const name = listOf(dir)[0];
  // The kernel's folder may be there a moment before the file is.
  return name !== undefined && existsSync(`${devDir}/${name}`) ? `${devDir}/${name}` : undefined;
}

/** Names in a folder; none where it is not there. */
export function listOf(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
