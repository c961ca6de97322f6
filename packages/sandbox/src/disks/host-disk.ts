import { readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { type SandboxError, sandboxError } from '../sandbox-error.ts';

/** A file or block device of the host that a machine may have as a disk. */
export interface HostDisk {
  readonly path: string;
  /** `vhost-user`: the path is the socket of a process that serves it. */
  readonly source: 'file' | 'device' | 'vhost-user';
  readonly format: 'raw' | 'qcow2';
  /** The same for the same disk, by whatever path. */
  readonly identity: string;
  /** The host itself does not write to it. */
  readonly readonly: boolean;
}

/**
 * The host's block device with these numbers, by the name that its kernel gives it: config.json has the path in the
 * container, which says nothing of the host.
 *
 * @throws SandboxError `host-refused` when there is none, naming `field`
 */
export function diskOfNumbers(major: number, minor: number, field: string, root = '/'): HostDisk {
  const numbers = `${major}:${minor}`;
  const event = join(root, 'sys/dev/block', numbers, 'uevent');
  let name: string | undefined;
  try {
    name = /^DEVNAME=([A-Za-z0-9_!.-]+)$/m.exec(readFileSync(event, 'utf8'))?.[1];
  } catch (error) {
    throw refused(`${field}: the host has no block device ${numbers}`, event, error);
  }
  return diskOfPath(join(root, 'dev', (name ?? '').replaceAll('!', '/')), field, numbers);
}

/**
 * What is at a path: a block device, or a file that is the raw image of one. The content never decides: a guest that may
 * write to a raw disk could make it look like a qcow2 file that names other files of the host.
 *
 * @param numbers `major:minor` that a device must have
 * @throws SandboxError `host-refused`
 */
export function diskOfPath(path: string, field: string, numbers?: string): HostDisk {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    throw refused(`${field}: ${path} cannot be used: ${(error as NodeJS.ErrnoException).code}`, path, error);
  }
  if (stats.isFile() && numbers === undefined) {
    return {
      path,
      source: 'file',
      format: 'raw',
      identity: `file ${stats.dev}:${stats.ino}`,
      readonly: false,
    };
  }
  const found = numbersOf(stats.rdev);
  if (!stats.isBlockDevice() || (numbers !== undefined && found !== numbers)) {
    throw refused(`${field}: ${path} is not the block device ${numbers ?? 'that it must be'}`, path);
  }
  return {
    path,
    source: 'device',
    format: 'raw',
    identity: `device ${found}`,
    readonly: isReadonlyDevice(found),
  };
}

/** What a disk has on the host now. @throws SandboxError `host-refused` */
export function bytesOfDisk({ source, path, identity }: HostDisk): number {
  if (source === 'vhost-user')
    throw refused(`${path} is served by a process, which says how large the disk is`, path);
  try {
    if (source === 'file') return statSync(path).size;
    const numbers = identity.replace(/^device /, '');
    return Number(readFileSync(`/sys/dev/block/${numbers}/size`, 'latin1')) * 512;
  } catch (error) {
    throw refused(`${path} cannot be used: ${(error as NodeJS.ErrnoException).code}`, path, error);
  }
}

/** makedev(3) the other way, for what fits an exact number. */
export function numbersOf(rdev: number): string {
  const major = Math.floor(rdev / 0x100) & 0xfff;
  const minor = (rdev & 0xff) | (Math.floor(rdev / 0x1000) & 0xfff00);
  return `${major}:${minor}`;
}

function isReadonlyDevice(numbers: string): boolean {
  try {
    return readFileSync(`/sys/dev/block/${numbers}/ro`, 'latin1').trim() === '1';
  } catch {
    return false;
  }
}

function refused(message: string, path: string, cause?: unknown): SandboxError {
  return sandboxError('host-refused', message, { path }, cause);
}
