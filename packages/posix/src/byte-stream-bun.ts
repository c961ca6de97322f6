import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { callLibc } from './libc.ts';

const O_CLOEXEC = 0o2000000;

/** The part of Bun's own file interface in use; its types come only with Bun's type package. */
interface BunFile {
  stream(): ReadableStream<Uint8Array>;
  writer(): BunFileSink;
}
interface BunFileSink {
  write(chunk: Uint8Array): number | Promise<number>;
  flush(): number | Promise<number>;
  end(error?: Error): number | Promise<number>;
}

type Callback = (error?: Error | null) => void;

/** Calls back outside of the promise, so that an error thrown there is not taken for a rejection. */
function settle(promise: Promise<unknown>, callback: Callback): void {
  promise.then(
    () => process.nextTick(callback),
    (error: Error) => process.nextTick(callback, error),
  );
}

function bunFile(fd: number): BunFile {
  return (globalThis as unknown as { Bun: { file(fd: number): BunFile } }).Bun.file(fd);
}

/**
 * Reads a non-blocking descriptor through Bun's poller. Bun's node:net takes no descriptors of pipes, and its node:fs
 * ends at the EAGAIN of an empty one. Owns `fd`.
 */
export class BunPollReadable extends Readable {
  readonly #fd: number;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(fd: number) {
    super({ highWaterMark: 65_536 });
    this.#fd = fd;
    this.#reader = bunFile(fd).stream().getReader();
  }

  override _read(): void {
    this.#reader.read().then(
      ({ done, value }) => this.push(done ? null : value),
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, callback: Callback): void {
    settle(this.#reader.cancel(), () => {
      closeSync(this.#fd);
      callback(error);
    });
  }
}

/**
 * Writes a non-blocking descriptor through Bun's poller. Owns `fd`.
 *
 * The sink makes a duplicate of the descriptor and cannot be aborted: while the other side does not read, its pending
 * write, the duplicate and so the pipe's write end would stay. So `destroy` puts /dev/null in the duplicate's place,
 * where the pending write ends at once, and the sink closes it.
 */
export class BunPollWritable extends Writable {
  readonly #fd: number;
  readonly #sink: BunFileSink;
  readonly #duplicates: readonly number[];
  #sinkClosed = false;

  constructor(fd: number) {
    super({ highWaterMark: 65_536 });
    this.#fd = fd;
    const before = new Set(descriptorsLike(fd));
    this.#sink = bunFile(fd).writer();
    this.#duplicates = descriptorsLike(fd).filter((other) => !before.has(other));
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    settle(this.#flush(chunk), callback);
  }

  async #flush(chunk: Uint8Array): Promise<void> {
    try {
      await this.#sink.write(chunk);
      await this.#sink.flush();
    } catch (error) {
      // A sink that failed has closed its duplicate.
      this.#sinkClosed = true;
      throw error;
    }
  }

  override _final(callback: Callback): void {
    settle(this.#end(), callback);
  }

  async #end(): Promise<void> {
    try {
      await this.#sink.end();
    } finally {
      this.#sinkClosed = true;
    }
  }

  override _destroy(error: Error | null, callback: Callback): void {
    if (!this.#sinkClosed) this.#discard();
    closeSync(this.#fd);
    callback(error);
  }

  #discard(): void {
    const sink = openSync('/dev/null', 'w');
    for (const duplicate of this.#duplicates) callLibc('dup3', [sink, duplicate, O_CLOEXEC]);
    closeSync(sink);
    settle(this.#end(), () => undefined);
  }
}

/** This process's descriptors of the same file as `fd`. */
function descriptorsLike(fd: number): number[] {
  const wanted = fstatSync(fd);
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((other) => {
      try {
        const stats = fstatSync(other);
        return stats.ino === wanted.ino && stats.dev === wanted.dev;
      } catch {
        // The descriptor of the directory that was just listed.
        return false;
      }
    });
}
