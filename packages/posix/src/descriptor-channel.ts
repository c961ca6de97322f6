import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { readableFrom, writableFrom } from './byte-stream.ts';
import { callLibc } from './libc.ts';
import { sendDescriptor } from './pass-descriptor.ts';
import { connectUnixDescriptor } from './unix-socket.ts';

const F_DUPFD_CLOEXEC = 1030;

/** A stream to a Unix socket over which descriptors can be sent too. */
export interface DescriptorChannel {
  readonly stream: Duplex;
  /**
   * Sends `text` with `fd` beside it, at once: what was written to the stream before must have been taken (its callback
   * called). Throws PosixError, e.g. EPIPE.
   */
  readonly send: (fd: number, text: string) => void;
}

/** Connects to a Unix socket at once; a listener whose backlog is full is waited for. Throws PosixError. */
export function connectDescriptorChannel(path: string): DescriptorChannel {
  const fd = connectUnixDescriptor(path);
  // The stream owns its descriptors; this one is for messages alone.
  const forMessages = duplicate(fd);
  const stream =
    'Bun' in globalThis
      ? new BothWays(readableFrom(fd), writableFrom(duplicate(fd)))
      : new Socket({ fd, readable: true, writable: true });
  let closed = false;
  stream.once('close', () => {
    closed = true;
    closeSync(forMessages);
  });
  return {
    stream,
    send(sent, text) {
      if (closed) throw new Error('the channel is closed');
      sendDescriptor(forMessages, sent, text);
    },
  };
}

function duplicate(fd: number): number {
  return callLibc('fcntl', [fd, F_DUPFD_CLOEXEC, 0]);
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
