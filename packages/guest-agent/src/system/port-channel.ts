import type { Channel, ChannelBody, ChannelListener } from '@hako/ttrpc';
import { errno, type Libc } from './libc.ts';
import { type Poller, pollEvents } from './poller.ts';
import { PipeBody } from './transfer-pipe.ts';

const chunkBytes = 64 << 10;
const noBytes = new Uint8Array(0);
/** Above this the server stops reading requests until the host has read answers. */
const highWaterBytes = 256 << 10;

/**
 * One session on a virtio-serial port, from the host's open to its close, or a connection to a vsock port.
 */
export class PortChannel implements Channel {
  readonly #libc: Libc;
  readonly #poller: Pick<Poller, 'watch'>;
  readonly #fd: number;
  readonly #ended: () => void;
  #listener: ChannelListener | undefined;
  #closed = false;
  #ending = false;
  #paused = false;
  #endReadWatch: (() => void) | undefined;
  #endWriteWatch: (() => void) | undefined;
  readonly #chunk = new Uint8Array(chunkBytes);
  #queue: (Uint8Array | PipeBody)[] = [];
  #queuedBytes = 0;
  #full = false;

  /**
   * @param fd open non-blocking, adopted by the poller; stays open after the session
   * @param ended called after it, once nothing more is done with `fd`
   */
  constructor(libc: Libc, poller: Pick<Poller, 'watch'>, fd: number, ended: () => void = () => {}) {
    this.#libc = libc;
    this.#poller = poller;
    this.#fd = fd;
    this.#ended = ended;
  }

  /** Bytes which the host has not taken yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  open(listener: ChannelListener): void {
    this.#listener = listener;
    queueMicrotask(() => this.#read());
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed) return true;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    if (this.#endWriteWatch === undefined) this.#flush();
    this.#full = this.#queuedBytes > highWaterBytes;
    return !this.#full;
  }

  /** The bytes of a pipe go to the port from there, and count as queued no more than they did in the pipe. */
  writeWithBody(bytes: Uint8Array, body: ChannelBody): boolean {
    if (!(body instanceof PipeBody)) {
      this.write(bytes);
      return this.write(body.bytes());
    }
    if (this.#closed) {
      body.drop();
      return true;
    }
    this.#queue.push(bytes, body);
    this.#queuedBytes += bytes.length;
    if (this.#endWriteWatch === undefined) this.#flush();
    return true;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    queueMicrotask(() => this.#read());
  }

  end(): void {
    this.#ending = true;
    if (this.#queue.length === 0) this.destroy();
  }

  destroy(): void {
    this.#close();
  }

  #read(): void {
    while (!this.#paused && !this.#closed) {
      const count = this.#libc.read(this.#fd, this.#chunk);
      if (count > 0) {
        this.#listener?.data(this.#chunk.slice(0, count));
      } else if (count === -errno.EAGAIN) {
        this.#endReadWatch ??= this.#poller.watch(this.#fd, pollEvents.in, () => {
          this.#endReadWatch = undefined;
          this.#read();
        });
        return;
      } else if (count !== -errno.EINTR) {
        // 0 is the host's close; an error is the port's removal.
        this.#close(count === 0 ? undefined : new Error(`reading the port failed with errno ${-count}`));
      }
    }
  }

  #flush(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const body = next instanceof PipeBody ? next : undefined;
      const bytes = next instanceof PipeBody ? noBytes : next;
      const count = body === undefined ? this.#libc.write(this.#fd, bytes) : body.moveTo(this.#fd);
      if (count === -errno.EINTR) continue;
      if (count === -errno.EAGAIN || count === 0) {
        this.#endWriteWatch ??= this.#poller.watch(this.#fd, pollEvents.out, () => {
          this.#endWriteWatch = undefined;
          this.#flush();
        });
        return;
      }
      if (count < 0) {
        this.#close(new Error(`writing the port failed with errno ${-count}`));
        return;
      }
      if (body !== undefined) {
        if (body.leftBytes === 0) this.#queue.shift();
        continue;
      }
      this.#queuedBytes -= count;
      if (count < bytes.length) this.#queue[0] = bytes.subarray(count);
      else this.#queue.shift();
    }
    if (this.#ending) this.destroy();
    else if (this.#full) {
      this.#full = false;
      this.#listener?.drain();
    }
  }

  #close(cause?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endReadWatch?.();
    this.#endWriteWatch?.();
    for (const item of this.#queue.splice(0)) if (item instanceof PipeBody) item.drop();
    this.#queuedBytes = 0;
    const listener = this.#listener;
    // Not from within open, write, end or destroy.
    queueMicrotask(() => {
      listener?.closed(cause);
      this.#ended();
    });
  }
}
