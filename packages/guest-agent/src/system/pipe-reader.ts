import { closeSync } from 'node:fs';
import { errno, type Libc } from './libc.ts';
import { pipeBytes } from './pipe.ts';
import { type Poller, pollEvents } from './poller.ts';

const endOfFile = new Uint8Array(0);
const scratch = new Uint8Array(pipeBytes);

interface WaitingRead {
  readonly maxBytes: number;
  readonly resolve: (bytes: Uint8Array) => void;
}

/**
 * The agent's end of a process's output. Holds no bytes itself: a read takes what the pipe has, so a host that does
 * not read stops the process that writes.
 *
 * States: open, draining (after `drainWithin` has passed: what is in the pipe is still given, but nothing is waited
 * for), ended (every read gives no bytes).
 */
export class PipeReader {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #fd: number;
  readonly #waiting: WaitingRead[] = [];
  #ended = false;
  /** How much may still be read once the process is gone: others may hold the pipe and write for ever. */
  #bytesLeft = Number.POSITIVE_INFINITY;
  #unwatch: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Owns `fd`. */
  constructor(libc: Libc, poller: Poller, fd: number) {
    this.#libc = libc;
    this.#poller = poller;
    this.#fd = fd;
    poller.adopt(fd);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** At least one byte and at most `maxBytes`, as soon as there are any; none is the end. Reads are served in order. */
  read(maxBytes: number): Promise<Uint8Array> {
    if (this.#waiting.length === 0) {
      const bytes = this.#take(maxBytes);
      if (bytes !== undefined) return Promise.resolve(bytes);
    }
    return new Promise((resolve) => {
      this.#waiting.push({ maxBytes, resolve });
      this.#wait();
    });
  }

  /** The process has ended: gives the end of file after `ms`, even when another process keeps the pipe open. */
  drainWithin(ms: number): void {
    if (this.#ended || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      // All that the process wrote is in the pipe, before anything that others wrote since.
      this.#bytesLeft = pipeBytes;
      this.#serve();
    }, ms);
  }

  /** Gives the end of file to all readers, now. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#bytesLeft = 0;
    clearTimeout(this.#timer);
    this.#unwatch?.();
    closeSync(this.#fd);
    for (const { resolve } of this.#waiting.splice(0)) resolve(endOfFile);
  }

  #take(maxBytes: number): Uint8Array | undefined {
    if (this.#ended) return endOfFile;
    const room = Math.min(maxBytes, scratch.length, this.#bytesLeft);
    const count =
      room === 0
        ? 0
        : this.#libc.read(this.#fd, room === scratch.length ? scratch : scratch.subarray(0, room));
    if (count > 0) {
      this.#bytesLeft -= count;
      return scratch.slice(0, count);
    }
    if (count === -errno.EINTR) return this.#take(maxBytes);
    if (count === -errno.EAGAIN && this.#bytesLeft === Number.POSITIVE_INFINITY) return undefined;
    this.close();
    return endOfFile;
  }

  #wait(): void {
    this.#unwatch ??= this.#poller.watch(this.#fd, pollEvents.in, () => {
      this.#unwatch = undefined;
      this.#serve();
    });
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const bytes = this.#take(next.maxBytes);
      if (bytes === undefined) {
        this.#wait();
        return;
      }
      // Closing may have answered it already.
      if (this.#waiting[0] === next) this.#waiting.shift();
      next.resolve(bytes);
    }
  }
}
