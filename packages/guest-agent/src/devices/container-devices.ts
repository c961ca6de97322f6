import { statSync } from 'node:fs';
import type { Device } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import type { Machine } from '../system/machine.ts';
import { type DiskDriver, diskDrivers, diskFile, isDiskDriver } from './disks.ts';
import { guestPciDevices, hostPciTypes, isHostPciType } from './host-pci.ts';

/** Type and numbers of a device file. */
interface Node {
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
}

/** What of config.json tells of devices; the rest is passed on. */
interface DeviceEntry {
  readonly path?: unknown;
  readonly type?: unknown;
  readonly major?: unknown;
  readonly minor?: unknown;
}

/**
 * The specification with the numbers that devices of the host have in this guest: in `linux.devices`, and in the rules of
 * the device cgroup that are about the same numbers. Waits until each is there. With it come the addresses here of the host's PCI
 * devices.
 *
 * Throws AgentError `unimplemented` for a type that is none of these, `not-found`, `invalid-argument` for one that the
 * specification does not name, and what guestPciDevices throws.
 */
export async function withGuestDevices(
  spec: object,
  devices: readonly Device[],
  machine: Machine,
  nodeOf: (path: string) => Node = nodeAt,
  findPci: typeof guestPciDevices = guestPciDevices,
): Promise<{ readonly spec: object; readonly pciAddresses: ReadonlyMap<string, string> }> {
  const renumbered = new Map<string, Node & { readonly path?: string }>();
  const addresses = new Map<string, string>();
  for (const device of devices) {
    const { type, id, vmPath, containerPath } = device;
    if (isHostPciType(type)) {
      const found = await findPci(machine, device);
      for (const [host, guest] of found.addresses) addresses.set(host, guest);
      // Its name is its group's number, which the container looks up in the guest's /sys.
      if (found.file !== undefined)
        renumbered.set(containerPath, { ...nodeOf(found.file), path: found.file });
      continue;
    }
    renumbered.set(containerPath, nodeOf(await diskFile(machine, diskDriver(type), id === '' ? vmPath : id)));
  }
  return { spec: renumber(spec, renumbered), pciAddresses: addresses };
}

function renumber(spec: object, renumbered: Map<string, Node & { readonly path?: string }>): object {
  if (renumbered.size === 0) return spec;
  const linux = objectIn(spec, 'linux') ?? {};
  const entries = arrayIn(linux, 'devices');
  const rules = new Map<string, Node>();
  const changed = entries.map((entry) => {
    const node = typeof entry.path === 'string' ? renumbered.get(entry.path) : undefined;
    if (node === undefined) return entry;
    const { path = entry.path, ...numbers } = node;
    rules.set(numbersOf(entry), numbers);
    renumbered.delete(String(entry.path));
    return { ...entry, ...numbers, path };
  });
  const [unknown] = renumbered.keys();
  if (unknown !== undefined) {
    throw new AgentError(
      'invalid-argument',
      `linux.devices has no ${JSON.stringify(unknown)}, which a device is for`,
    );
  }
  const resources = objectIn(linux, 'resources') ?? {};
  const ruled = arrayIn(resources, 'devices').map((rule) => ({ ...rule, ...rules.get(numbersOf(rule)) }));
  return {
    ...spec,
    linux: {
      ...linux,
      devices: changed,
      ...(ruled.length === 0 ? {} : { resources: { ...resources, devices: ruled } }),
    },
  };
}

/** Throws AgentError `unimplemented` for a type of device that this agent does not know. */
export function checkDeviceType(type: string): void {
  if (!isHostPciType(type)) diskDriver(type);
}

/** Which kind of disk a device of that type is. Throws AgentError `unimplemented`. */
function diskDriver(type: string): DiskDriver {
  if (isDiskDriver(type)) return type;
  throw new AgentError(
    'unimplemented',
    `device type ${JSON.stringify(type)} is not one of ${[...diskDrivers, ...hostPciTypes].join(', ')}`,
  );
}

/**
 * The specification with a rule for each disk that it mounts as a file: a bind of a device that may not be opened is of no
 * use. `files` are the mount points of such disks.
 */
export function allowMountedDisks(
  spec: object,
  files: ReadonlySet<string>,
  nodeOf: (path: string) => Node = nodeAt,
): object {
  const added = arrayIn(spec, 'mounts').flatMap((mount) => {
    const { source, options } = mount as { readonly source?: unknown; readonly options?: unknown };
    if (typeof source !== 'string' || !files.has(source)) return [];
    const isReadonly =
      Array.isArray(options) && options.some((option) => option === 'ro' || option === 'rro');
    return [{ allow: true, ...nodeOf(source), access: isReadonly ? 'rm' : 'rwm' }];
  });
  if (added.length === 0) return spec;
  const linux = objectIn(spec, 'linux') ?? {};
  const resources = objectIn(linux, 'resources') ?? {};
  const devices = [...arrayIn(resources, 'devices'), ...added];
  return { ...spec, linux: { ...linux, resources: { ...resources, devices } } };
}

function nodeAt(path: string): Node {
  const stats = statSync(path);
  // makedev(3), for what fits an exact number.
  const major = Math.floor(stats.rdev / 0x100) & 0xfff;
  const minor = (stats.rdev & 0xff) | (Math.floor(stats.rdev / 0x1000) & 0xfff00);
  return { type: stats.isBlockDevice() ? 'b' : 'c', major, minor };
}

function numbersOf({ type, major, minor }: DeviceEntry): string {
  return JSON.stringify([type, major ?? 0, minor ?? 0]);
}

function objectIn(parent: object, name: string): Readonly<Record<string, unknown>> | undefined {
  const value = (parent as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function arrayIn(parent: object, name: string): readonly DeviceEntry[] {
  const value = (parent as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? (value as readonly DeviceEntry[]) : [];
}
