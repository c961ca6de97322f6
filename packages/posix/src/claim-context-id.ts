import { randomInt } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { callLibc } from './libc.ts';
import { fromNodeError, isPosixError } from './posix-error.ts';

const DEVICE = '/dev/vhost-vsock';
const VHOST_VSOCK_SET_GUEST_CID = 0x4008_af60;
/** 0 to 2 have a meaning of their own: hypervisor, whoever asks, host. */
const FIRST = 3;
/** The largest is "any". */
const BEYOND = 0xffff_ffff;

/** The kernel's side of it. */
export interface VhostVsock {
  open(): number;
  /** Throws PosixError `EADDRINUSE` for one that another machine has. */
  setContextId(fd: number, contextId: number): void;
}

const kernel: VhostVsock = {
  open: () => {
    try {
      return openSync(DEVICE, 'r+');
    } catch (error) {
      throw fromNodeError(error, DEVICE);
    }
  },
  setContextId: (fd, contextId) => {
    const value = Buffer.alloc(8);
    value.writeBigUInt64LE(BigInt(contextId));
    callLibc('ioctl', [fd, VHOST_VSOCK_SET_GUEST_CID, value], DEVICE);
  },
};

/**
 * Takes an address for a machine, which is its own as long as `fd` or a copy of it is open: the kernel itself says which are free, so two who
 * ask at once get two. `fd`, close-on-exec, is for the VMM (`vhostfd`); the caller closes it.
 *
 * @throws PosixError `ENOENT` without the device (module vhost_vsock), `EACCES`
 */
export function claimContextId(device: VhostVsock = kernel): {
  readonly fd: number;
  readonly contextId: number;
} {
  const fd = device.open();
  try {
    for (;;) {
      const contextId = randomInt(FIRST, BEYOND);
      try {
        device.setContextId(fd, contextId);
        return { fd, contextId };
      } catch (error) {
        if (!isPosixError(error) || error.code !== 'EADDRINUSE') throw error;
      }
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
