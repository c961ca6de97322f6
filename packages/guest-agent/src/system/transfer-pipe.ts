import type { ChannelBody } from '@hako/ttrpc';
import { errno, type Libc } from './libc.ts';
import { makePipe, type PipeEnds } from './pipe.ts';

const FIONREAD = 0x541b;
const EIO = 5;

/** Less is read into memory: that costs no more then. */
const leastBytes = 32 << 10;

/**
 * A pipe of the agent's own, through which output goes from a process's pipe to the port without passing through the
 * agent's memory (splice(2)): an emulated machine pays for each copy.
 *
 * Why not from the process's pipe: Linux's virtio_console sends wrong memory when a pipe holds more than is asked for, and a
 * process may write, and read, its own pipe at any time. This one holds what a body is, and nothing else.
 */
export class TransferPipe {
  readonly #libc: Libc;
  #ends: PipeEnds | undefined;
  #isFree = true;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** What a pipe holds, up to `maxBytes`; undefined when that is not worth it, or a body is still on its way. */
  take(fd: number, maxBytes: number): PipeBody | undefined {
    if (!this.#isFree || maxBytes < leastBytes || this.#held(fd) < leastBytes) return undefined;
    this.#ends ??= makePipe(this.#libc);
    const { readFd, writeFd } = this.#ends;
    const count = this.#libc.splice(fd, writeFd, maxBytes);
    if (count <= 0) return undefined;
    this.#isFree = false;
    return new PipeBody(this.#libc, readFd, count, () => {
      this.#isFree = true;
    });
  }

  #held(fd: number): number {
    const count = new Int32Array(1);
    return this.#libc.ioctl(fd, FIONREAD, new Uint8Array(count.buffer)) < 0 ? 0 : (count[0] ?? 0);
  }
}

/** All that is in the transfer pipe. Ends with the last byte moved, or with `bytes` or `drop`. */
export class PipeBody implements ChannelBody {
  readonly lengthBytes: number;
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #whenDone: () => void;
  #left: number;

  constructor(libc: Libc, fd: number, lengthBytes: number, whenDone: () => void) {
    this.#libc = libc;
    this.#fd = fd;
    this.lengthBytes = lengthBytes;
    this.#left = lengthBytes;
    this.#whenDone = whenDone;
  }

  get leftBytes(): number {
    return this.#left;
  }

  /** Moves some bytes into another descriptor: how many, or minus the errno. */
  moveTo(target: number): number {
    const count = this.#libc.splice(this.#fd, target, this.#left);
    // The kernel took them out and could not send them, for want of memory.
    if (count === 0) return -EIO;
    if (count > 0) this.#took(count);
    return count;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#left);
    for (let at = 0; at < bytes.length; ) {
      const count = this.#libc.read(this.#fd, bytes.subarray(at));
      if (count === -errno.EINTR) continue;
      if (count <= 0) throw new Error(`reading a pipe failed with errno ${-count}`);
      at += count;
    }
    this.#took(bytes.length);
    return bytes;
  }

  drop(): void {
    if (this.#left > 0) this.bytes();
  }

  #took(count: number): void {
    this.#left -= count;
    if (this.#left === 0) this.#whenDone();
  }
}
