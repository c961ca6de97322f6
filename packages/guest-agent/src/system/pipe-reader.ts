import { closeSync } from 'node:fs';
import { errno, type Libc } from './libc.ts';
import { pipeBytes } from './pipe.ts';
import { type Poller, pollEvents } from './poller.ts';
import type { PipeBody, TransferPipe } from './transfer-pipe.ts';

const endOfFile = new Uint8Array(0);
/** Filled by the next read, of whatever pipe; given away when it is worth it, else copied from. */
let scratch: Uint8Array = new Uint8Array(0);

/** Most that is read into memory at once. */
const readBytes = 64 << 10;

/** Some output; none is the end. */
export type Output = Uint8Array | PipeBody;

interface WaitingRead {
  readonly maxBytes: number;
  readonly resolve: (output: Output) => void;
}

/**
 * The agent's end of a process's output. Holds no bytes itself: a read takes what the pipe has, so a host that does
 * not read stops the process that writes. Much is given as a body, where there is a pipe for it.
 *
 * States: open, draining (after `drainWithin` has passed: what is in the pipe is still given, but nothing is waited
 * for), ended (every read gives no bytes).
 */
export class PipeReader {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #fd: number;
  readonly #transfer: TransferPipe | undefined;
  readonly #waiting: WaitingRead[] = [];
  #ended = false;
  /** How much may still be read once the process is gone: others may hold the pipe and write for ever. */
  #bytesLeft = Number.POSITIVE_INFINITY;
  #unwatch: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Owns `fd`; a `transfer` pipe is for pipes, not for terminals. */
  constructor(libc: Libc, poller: Poller, fd: number, transfer?: TransferPipe) {
    this.#libc = libc;
    this.#transfer = transfer;
    this.#poller = poller;
    this.#fd = fd;
    poller.adopt(fd);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * At least one byte and at most `maxBytes`, as soon as there are any; none is the end. Reads are served in order.
   * `signal` is asked for only by a read that has to wait; once it is aborted the read takes nothing from the pipe.
   */
  read(maxBytes: number, signal?: () => AbortSignal): Promise<Output> {
    if (this.#waiting.length === 0) {
      const output = this.#take(maxBytes);
      if (output !== undefined) return Promise.resolve(output);
    }
    const ended = signal?.();
    if (ended?.aborted === true) return Promise.resolve(endOfFile);
    return new Promise((resolve) => {
      const waiting = { maxBytes, resolve };
      this.#waiting.push(waiting);
      this.#wait();
      ended?.addEventListener('abort', () => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve(endOfFile);
      });
    });
  }

  /**
   * The process has ended: gives the end of file after `ms`, even when another process keeps the pipe open. The end of
   * a terminal, of which no signal tells, is seen at once.
   */
  drainWithin(ms: number): void {
    if (this.#ended || this.#timer !== undefined) return;
    this.#serve();
    if (this.#ended) return;
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
    this.#poller.release(this.#fd);
    closeSync(this.#fd);
    for (const { resolve } of this.#waiting.splice(0)) resolve(endOfFile);
  }

  #take(maxBytes: number): Output | undefined {
    if (this.#ended) return endOfFile;
    if (this.#bytesLeft === Number.POSITIVE_INFINITY) {
      const body = this.#transfer?.take(this.#fd, maxBytes);
      if (body !== undefined) return body;
    }
    const room = Math.min(maxBytes, readBytes, this.#bytesLeft);
    if (scratch.length === 0) scratch = new Uint8Array(readBytes);
    const into = room === readBytes ? scratch : scratch.subarray(0, room);
    const count = room === 0 ? 0 : this.#libc.read(this.#fd, into);
    if (count > 0) {
      this.#bytesLeft -= count;
      if (count < readBytes / 4) return scratch.slice(0, count);
      scratch = new Uint8Array(0);
      return into.subarray(0, count);
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
      const output = this.#take(next.maxBytes);
      if (output === undefined) {
        this.#wait();
        return;
      }
      // Closing may have answered it already.
      if (this.#waiting[0] === next) this.#waiting.shift();
      next.resolve(output);
    }
  }
}
