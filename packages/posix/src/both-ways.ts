import { Duplex, type Readable, type Writable } from 'node:stream';
import { readableFrom, writableFrom } from './byte-stream.ts';
import { callLibc } from './libc.ts';

const F_DUPFD_CLOEXEC = 1030;

/** Another descriptor of what `fd` is of, close-on-exec. Throws PosixError. */
export function duplicate(fd: number): number {
  return callLibc('fcntl', [fd, F_DUPFD_CLOEXEC, 0]);
}

/** A connected socket as one stream, which owns it, where the event loop takes any descriptor: with Bun. */
export function bothWays(fd: number): Duplex {
  return new BothWays(readableFrom(fd), writableFrom(duplicate(fd)));
}

/** A readable and a writable as one stream. `Duplex.from` would report its own destruction as an error. */
class BothWays extends Duplex {
  readonly #readable: Readable;
  readonly #writable: Writable;

  constructor(readable: Readable, writable: Writable) {
    super();
    this.#readable = readable;
    this.#writable = writable;
    readable.on('data', (chunk: Uint8Array) => {
      if (!this.push(chunk)) readable.pause();
    });
    readable.on('end', () => this.push(null));
    for (const part of [readable, writable]) part.on('error', (error) => this.destroy(error));
  }

  override _read(): void {
    this.#readable.resume();
  }

  override _write(
    chunk: Uint8Array,
    encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    this.#writable.write(chunk, encoding, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#writable.end(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#readable.destroy();
    this.#writable.destroy();
    callback(error);
  }
}
