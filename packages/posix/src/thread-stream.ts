import { closeSync, constants, read, write } from 'node:fs';
import { Duplex } from 'node:stream';
import { callLibc } from './libc.ts';
import { fromNodeError } from './posix-error.ts';

const F_GETFL = 3;
const F_SETFL = 4;
const SHUT_WR = 1;
const SHUT_RDWR = 2;
const CHUNK_BYTES = 64 << 10;

type Callback = (error?: Error | null) => void;

/**
 * A connected stream socket of a family that Node's event loop does not take (vsock). Each wait keeps a thread of Node's pool, of which
 * there are four (UV_THREADPOOL_SIZE). Owns `fd`, which becomes blocking.
 */
export class ThreadStream extends Duplex {
  readonly #fd: number;
  #pending = 0;
  #closed: (() => void) | undefined;

  constructor(fd: number) {
    super();
    this.#fd = fd;
    callLibc('fcntl', [fd, F_SETFL, callLibc('fcntl', [fd, F_GETFL, 0]) & ~constants.O_NONBLOCK]);
  }

  override _read(): void {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    this.#pending += 1;
    read(this.#fd, chunk, 0, chunk.length, null, (error, count) => {
      this.#done();
      if (this.destroyed) return;
      if (error === null) this.push(count === 0 ? null : chunk.subarray(0, count));
      else this.destroy(fromNodeError(error) as Error);
    });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.#pending += 1;
    write(this.#fd, chunk, 0, chunk.length, null, (error, count) => {
      this.#done();
      if (error !== null) callback(fromNodeError(error) as Error);
      else if (count < chunk.length && !this.destroyed)
        this._write(chunk.subarray(count), _encoding, callback);
      else callback();
    });
  }

  override _final(callback: Callback): void {
    this.#shutdown(SHUT_WR);
    callback();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    // Ends the waits of the threads; the number must not be another file's before they are back.
    this.#shutdown(SHUT_RDWR);
    this.#closed = () => {
      closeSync(this.#fd);
      callback(error);
    };
    if (this.#pending === 0) this.#closed();
  }

  #done(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#closed?.();
  }

  #shutdown(how: number): void {
    try {
      callLibc('shutdown', [this.#fd, how]);
    } catch {
      // ENOTCONN: the other side has.
    }
  }
}
