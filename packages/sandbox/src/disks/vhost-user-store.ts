import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxError } from '../sandbox-error.ts';
import { type HostDisk, numbersOf } from './host-disk.ts';

/** Numbers of block devices that stand for disks of vhost-user processes, kept for that by Kata: no driver of the kernel has them. */
const diskMajor = 241;
const controllerMajor = 242;

/** True for a device that is no disk of the kernel but names a socket in the store. */
export function isVhostUser(major: number): boolean {
  return major === diskMajor || major === controllerMajor;
}

/**
 * The disk that a device of config.json stands for: a device file with its numbers below `block/devices` of the store has the name of
 * the socket below `block/sockets`, behind which a process (SPDK, qemu-storage-daemon) serves the disk.
 *
 * @throws SandboxError `host-refused` when there is none; `unsupported` for a SCSI controller
 */
export function vhostUserDisk(store: string, major: number, minor: number, field: string): HostDisk {
  const numbers = `${major}:${minor}`;
  if (major !== diskMajor)
    throw sandboxError(
      'unsupported',
      `${field}: ${numbers} is a SCSI controller of vhost-user, and nothing says which of its disks the container is to have; use a disk, ${diskMajor}:N`,
    );
  const devices = join(store, 'block/devices');
  const name = namesIn(devices).find((file) => {
    const stats = statSync(join(devices, file), { throwIfNoEntry: false });
    return stats?.isBlockDevice() === true && numbersOf(stats.rdev) === numbers;
  });
  if (name === undefined)
    throw sandboxError(
      'host-refused',
      `${field}: ${devices} has no block device ${numbers}, whose name would be that of a socket in block/sockets`,
      { path: devices },
    );
  const socket = join(store, 'block/sockets', name);
  if (statSync(socket, { throwIfNoEntry: false })?.isSocket() !== true)
    throw sandboxError('host-refused', `${field}: ${socket} is no socket of a process that serves the disk`, {
      path: socket,
    });
  return {
    path: socket,
    source: 'vhost-user',
    format: 'raw',
    identity: `vhost-user ${numbers}`,
    readonly: false,
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
