import { createReadStream, writeSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { CONTROL_FD, type ShimMessage } from './start-server.ts';

/**
 * The shim's end of the control stream. Read by file calls: Bun has no net.Socket on an inherited descriptor, and the
 * stream lives only while the container is being created. A shim that had its machine ready has a connection in its place.
 */
export class Control {
  readonly #write: (text: string) => void;
  #kept = false;
  #closed = false;
  #abandoned: () => void = () => {};

  constructor(connection?: Duplex) {
    const stream = connection ?? createReadStream('', { fd: CONTROL_FD, autoClose: true });
    this.#write = (text) => void (connection?.write(text) ?? writeSync(CONTROL_FD, text));
    stream.on('data', () => {
      this.#kept = true;
    });
    stream.on('error', () => stream.destroy());
    stream.on('close', () => this.#close());
    if (stream.destroyed) this.#close();
    stream.resume();
  }

  say(message: ShimMessage): void {
    if (this.#kept) return;
    try {
      this.#write(`${JSON.stringify(message)}\n`);
    } catch {
      // The launcher is gone; `abandoned` is on its way.
    }
  }

  onAbandoned(action: () => Promise<void>): void {
    this.#abandoned = () => void action();
    if (this.#closed) this.#abandoned();
  }

  #close(): void {
    if (this.#kept || this.#closed) return;
    this.#closed = true;
    this.#abandoned();
  }
}
