import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import type { ContainerConfig } from '@hako/oci-translate';
import { O_PATH, openBeneath, PosixError } from '@hako/posix';
import { sandboxError } from './sandbox-error.ts';

/**
 * A device of config.json where the root file system has a file that is not that device is an error (config-linux.md,
 * "Devices"); crun 1.8 would leave the file. Places below a mount, as /dev as a rule is, are empty when devices are made.
 *
 * @throws SandboxError `host-refused` naming the member
 */
export function checkDevices({ rootfs, spec, devices }: ContainerConfig): void {
  const mounted = (spec.mounts ?? []).map(({ destination }) => partsOf(destination));
  for (const [index, device] of devices.entries()) {
    const path = partsOf(device.containerPath);
    if (mounted.some((place) => place.every((part, depth) => part === path[depth]))) continue;
    const found = statBeneath(rootfs.path, path.join('/'));
    if (found === undefined || isDevice(found, device)) continue;
    throw sandboxError(
      'host-refused',
      `${device.namedBy ?? `linux.devices[${index}].path`}: ${device.containerPath} is there, and is another file`,
      { path: device.containerPath },
    );
  }
}

function isDevice(found: Stats, { type, major, minor }: ContainerConfig['devices'][number]): boolean {
  if (type === 'p') return found.isFIFO();
  return (
    (type === 'b' ? found.isBlockDevice() : found.isCharacterDevice()) &&
    found.rdev === numberOf(Number(major), Number(minor))
  );
}

/** makedev(3) of glibc, for what fits an exact number. */
function numberOf(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 0x100 + (minor >>> 8) * 0x100000;
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** The root's content is the container's: no link in it is followed. */
function statBeneath(root: string, path: string): Stats | undefined {
  const rootFd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const fd = openBeneath(rootFd, path, { flags: O_PATH | constants.O_NOFOLLOW });
    try {
      return fstatSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    // Not there, or behind a link, which is the guest's to follow.
    if (error instanceof PosixError) return undefined;
    throw error;
  } finally {
    closeSync(rootFd);
  }
}
