import { closeSync, constants, openSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { callLibc } from './libc.ts';
import { fromNodeError, posixError } from './posix-error.ts';

const TUNSETIFF = 0x4004_54ca;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
const IFF_VNET_HDR = 0x4000;
const IFF_MULTI_QUEUE = 0x0100;
const IFF_TUN_EXCL = 0x8000;
/** struct ifreq: a name of 16 bytes with its NUL, then the flags. */
const IFREQ_BYTES = 40;
const LONGEST_NAME = 15;

export interface OpenTapOptions {
  /** Queue pairs, one descriptor each. Default 1. */
  readonly queues?: number;
  /** Refuse a tap that exists (EBUSY). Default true; false opens it, or makes it. */
  readonly exclusive?: boolean;
}

/**
 * Makes a tap device in the network namespace of the calling thread and answers its descriptors, one per queue, ready
 * for a VMM (offload headers, no packet information). They are close-on-exec; the caller closes them. A tap that was
 * made here is gone with the last of them.
 *
 * Throws PosixError: EINVAL for a name that is no interface name (empty, 16 bytes or longer, a slash or space), EBUSY for
 * one that is taken, ENOENT without /dev/net/tun, EPERM.
 */
export function openTap(name: string, options: OpenTapOptions = {}): number[] {
  const { queues = 1, exclusive = true } = options;
  if (!/^[^\s/\0]+$/.test(name) || Buffer.byteLength(name) > LONGEST_NAME)
    throw posixError('ioctl', osConstants.errno.EINVAL, name);
  const flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (queues > 1 ? IFF_MULTI_QUEUE : 0);
  const fds: number[] = [];
  try {
    for (let queue = 0; queue < queues; queue++) {
      const fd = openTun();
      fds.push(fd);
      const request = Buffer.alloc(IFREQ_BYTES);
      request.write(name);
      request.writeUInt16LE(flags | (exclusive && queue === 0 ? IFF_TUN_EXCL : 0), 16);
      callLibc('ioctl', [fd, TUNSETIFF, request], name);
    }
    return fds;
  } catch (error) {
    for (const fd of fds) closeSync(fd);
    throw error;
  }
}

function openTun(): number {
  const path = '/dev/net/tun';
  try {
    return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (error) {
    throw fromNodeError(error, path);
  }
}
