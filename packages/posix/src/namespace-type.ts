import { closeSync, constants, openSync } from 'node:fs';
import { callLibc } from './libc.ts';
import { fromNodeError, PosixError } from './posix-error.ts';

/** ioctl_ns(2): answers the CLONE_NEW... flag of a namespace. */
const NS_GET_NSTYPE = 0xb703;

/** Kinds of namespaces(7), in the words of the OCI runtime specification. */
export type NamespaceType = 'cgroup' | 'ipc' | 'mount' | 'network' | 'pid' | 'time' | 'user' | 'uts';

const TYPES: Readonly<Record<number, NamespaceType>> = {
  128: 'time',
  131072: 'mount',
  33554432: 'cgroup',
  67108864: 'uts',
  134217728: 'ipc',
  268435456: 'user',
  536870912: 'pid',
  1073741824: 'network',
};

/** Which kind of namespace a file such as /run/netns/x or /proc/1/ns/net is; undefined for none. Throws PosixError. */
export function namespaceType(path: string): NamespaceType | undefined {
  let fd: number;
  try {
    // Not blocked by a FIFO.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    throw fromNodeError(error, path);
  }
  try {
    return TYPES[callLibc('ioctl', [fd, NS_GET_NSTYPE, null], path)];
  } catch (error) {
    if (error instanceof PosixError && (error.code === 'ENOTTY' || error.code === 'EINVAL')) return undefined;
    throw error;
  } finally {
    closeSync(fd);
  }
}
