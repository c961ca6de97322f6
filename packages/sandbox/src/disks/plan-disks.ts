import { statSync } from 'node:fs';
import type { HypervisorConfig } from '@hako/config';
import type { DeviceRule } from '@hako/oci-spec';
import type { ContainerConfig } from '@hako/oci-translate';
import { hasAllDevices } from '../all-devices.ts';
import { isBind, type MountLike } from '../mount-kind.ts';
import { sandboxError } from '../sandbox-error.ts';
import { isDirectVolume, readDirectVolume } from './direct-volume.ts';
import { diskOfNumbers, diskOfPath, type HostDisk } from './host-disk.ts';
import { isVhostUser, vhostUserDisk } from './vhost-user-store.ts';

/** A root file system on a disk of its own, which the guest is to mount. */
export interface RootfsDisk {
  /** A block device of the host, or a file with the raw content of one. Nothing else may have it mounted. */
  readonly path: string;
  /** `qcow2` for a file of that format. Default `raw`. */
  readonly format?: 'raw' | 'qcow2';
  /** File system: `ext4`, `xfs`. */
  readonly fsType: string;
  /** Mount options; with `ro` the VMM itself writes nothing. */
  readonly options: readonly string[];
}

/** A disk that a container needs, and what for. */
export interface PlannedDisk {
  readonly disk: HostDisk;
  readonly readonly: boolean;
  readonly use: /** A device of config.json. */
    | { readonly kind: 'node'; readonly containerPath: string }
    /** A bind mount whose source is a block device: the container has the disk itself at the destination. */
    | { readonly kind: 'mount'; readonly index: number }
    /** A volume whose file system the guest is to mount, in place of the bind mount. */
    | {
        readonly kind: 'volume';
        readonly index: number;
        /** Source of that bind mount, by which the volume is known on the host. */
        readonly volumePath: string;
        readonly fsType: string;
        readonly options: readonly string[];
        readonly groupId?: number;
      }
    | { readonly kind: 'rootfs'; readonly fsType: string; readonly options: readonly string[] };
}

/**
 * The disks that a container asks for: `linux.devices` of type b, bind mounts of block devices, direct volumes, and its root file system.
 * Starts nothing.
 *
 * `disable_block_device_use` is about the latter three, as with Kata: a device that config.json names as one is attached in
 * any case.
 *
 * @throws SandboxError `host-refused` for one that is not there; `unsupported` for what the configuration excludes
 */
export function planDisks(
  { spec, devices }: ContainerConfig,
  hypervisor: HypervisorConfig,
  rootfs?: RootfsDisk,
): readonly PlannedDisk[] {
  const planned: PlannedDisk[] = [];
  for (const [index, { type, major, minor, containerPath }] of devices.entries()) {
    if (type !== 'b' || hasAllDevices(spec.linux)) continue;
    const field = `linux.devices[${index}]`;
    const disk =
      hypervisor.enableVhostUserStore && isVhostUser(Number(major))
        ? vhostUserDisk(hypervisor.vhostUserStorePath, Number(major), Number(minor), field)
        : diskOfNumbers(Number(major), Number(minor), field);
    const isReadonly =
      disk.readonly || mayOnlyRead(spec.linux?.resources?.devices ?? [], Number(major), Number(minor));
    planned.push({ disk, readonly: isReadonly, use: { kind: 'node', containerPath } });
  }
  for (const [index, mount] of (spec.mounts ?? []).entries()) {
    if (isDirectVolume(mount)) {
      planned.push(directVolume(mount, index, hypervisor));
      continue;
    }
    if (!isBlockDeviceMount(mount)) continue;
    const field = `mounts[${index}].source`;
    const disk = diskOfPath(mount.source ?? '', field);
    demandUse(hypervisor, `${field}: ${mount.source} is a block device`, disk.path);
    planned.push({
      disk,
      readonly: disk.readonly || hasReadonly(mount.options ?? []),
      use: { kind: 'mount', index },
    });
  }
  if (rootfs !== undefined) {
    const { path, format = 'raw', fsType, options } = rootfs;
    const disk = { ...diskOfPath(path, 'root file system'), format };
    demandUse(hypervisor, `the root file system is on the block device ${path}`, path);
    planned.push({
      disk,
      readonly: disk.readonly || hasReadonly(options),
      use: { kind: 'rootfs', fsType, options },
    });
  }
  if (planned.length > 0) demandDriver(hypervisor);
  return planned;
}

/** True for a bind mount in whose place the container gets a disk, or what is on one. */
export function isDiskMount(mount: MountLike): boolean {
  return isBlockDeviceMount(mount) || isDirectVolume(mount);
}

function directVolume(mount: MountLike, index: number, hypervisor: HypervisorConfig): PlannedDisk {
  const source = mount.source ?? '';
  const { device, ...volume } = readDirectVolume(source);
  const disk = diskOfPath(device, `the direct volume ${source}`);
  demandUse(hypervisor, `mounts[${index}].source: ${source} is a direct volume on ${device}`, device);
  const isReadonly = hasReadonly(mount.options ?? []) || hasReadonly(volume.options);
  return {
    disk,
    readonly: disk.readonly || isReadonly,
    use: { kind: 'volume', index, volumePath: source, ...volume },
  };
}

/** True for a bind mount whose source is a block device of the host. */
export function isBlockDeviceMount(mount: MountLike): boolean {
  if (!isBind(mount) || !(mount.source ?? '').startsWith('/')) return false;
  return statSync(mount.source ?? '', { throwIfNoEntry: false })?.isBlockDevice() ?? false;
}

/** The rules that are about this one device allow no writing. Without such a rule the device stays as it is. */
function mayOnlyRead(rules: readonly DeviceRule[], major: number, minor: number): boolean {
  const own = rules.filter(
    (rule) => rule.allow && rule.type === 'b' && Number(rule.major) === major && Number(rule.minor) === minor,
  );
  return (
    own.length > 0 &&
    own.every(({ access }) => access !== undefined && access !== '' && !access.includes('w'))
  );
}

/** The last word counts. */
function hasReadonly(options: readonly string[]): boolean {
  return /^r?ro$/.test(options.findLast((option) => /^r?r[ow]$/.test(option)) ?? '');
}

function demandUse({ disableBlockDeviceUse }: HypervisorConfig, what: string, path: string): void {
  if (!disableBlockDeviceUse) return;
  throw sandboxError(
    'unsupported',
    `${what}, and disable_block_device_use = true keeps those out of virtual machines; set it to false`,
    { path },
  );
}

/** Why a driver has no disks here; undefined where it has. */
const unfit: Readonly<
  Record<HypervisorConfig['blockDeviceDriver'], (hypervisor: HypervisorConfig) => string | undefined>
> = {
  'virtio-blk': () => undefined,
  'virtio-scsi': () => undefined,
  nvdimm: ({ machineType, rootless }) => {
    if (machineType === 'microvm') return 'machine_type = "microvm" has no slots for NVDIMMs';
    return rootless ? 'QEMU maps its file, which it may not open with rootless = true' : undefined;
  },
  'virtio-mmio': ({ machineType }) =>
    machineType === 'microvm' ? undefined : `machine_type = "${machineType}" has no such bus`,
  'virtio-blk-ccw': () => 'it is a bus of s390x',
};

function demandDriver(hypervisor: HypervisorConfig): void {
  const { blockDeviceDriver } = hypervisor;
  const why = unfit[blockDeviceDriver](hypervisor);
  if (why === undefined) return;
  throw sandboxError(
    'unsupported',
    `block_device_driver = "${blockDeviceDriver}" cannot attach a disk: ${why}; use virtio-blk or virtio-scsi`,
  );
}
