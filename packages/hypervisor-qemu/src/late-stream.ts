import { Duplex } from 'node:stream';

type Callback = (error?: Error | null) => void;

/** A stream that is there before its connection: what is written waits for one. Destroying it ends the wait. */
export class LateStream extends Duplex {
  readonly #open: (signal: AbortSignal) => Promise<Duplex>;
  readonly #ended = new AbortController();
  #connection: Duplex | undefined;

  constructor(open: (signal: AbortSignal) => Promise<Duplex>) {
    super();
    this.#open = open;
  }

  override _construct(callback: Callback): void {
    // In a turn of its own, so that an error thrown there is not taken for a rejection.
    void this.#connect().then((error) => process.nextTick(callback, error));
  }

  /** Answers why there is no connection. */
  async #connect(): Promise<Error | null> {
    const { signal } = this.#ended;
    try {
      const connection = await this.#open(signal);
      this.#connection = connection;
      connection.on('data', (chunk: Uint8Array) => {
        if (!this.push(chunk)) connection.pause();
      });
      connection.on('end', () => this.push(null));
      connection.on('error', (error) => this.destroy(error));
      connection.on('close', () => this.destroy());
      return null;
    } catch (error) {
      if (signal.aborted) return null;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  override _read(): void {
    this.#connection?.resume();
  }

  override _write(chunk: Uint8Array, encoding: BufferEncoding, callback: Callback): void {
    this.#connection?.write(chunk, encoding, callback);
  }

  override _final(callback: Callback): void {
    this.#connection?.end(callback);
  }

  /** A stream that is being made is destroyed by nobody until that is over. */
  override destroy(error?: Error): this {
    this.#ended.abort(error);
    return super.destroy(error);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#connection?.destroy();
    callback(error);
  }
}
