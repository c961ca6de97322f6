import { closeSync, constants, openSync, readSync } from 'node:fs';

/** Reads the FIFO `log` of a bundle, as containerd does for its own log. Opened before the shim starts. */
export class ShimLogReader {
  readonly #fd: number;

  constructor(fifo: string) {
    // The shim holds a writing end, so that without text it is EAGAIN; before and after the shim it is the end.
    this.#fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** What has come since it was read last. */
  read(): string {
    const bytes = Buffer.alloc(1 << 16);
    let text = '';
    for (let length = this.#readSome(bytes); length > 0; length = this.#readSome(bytes)) {
      text += bytes.toString('utf8', 0, length);
    }
    return text;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #readSome(bytes: Buffer): number {
    try {
      return readSync(this.#fd, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
}
