import { createReadStream, writeSync } from 'node:fs';
import { CONTROL_FD, type ShimMessage } from './start-server.ts';

/**
 * The shim's end of the control stream. Read by file calls: Bun has no net.Socket on an inherited descriptor, and the
 * stream lives only while the container is being created.
 */
export class Control {
  #kept = false;
  #abandoned: () => void = () => {};

  constructor() {
    const stream = createReadStream('', { fd: CONTROL_FD, autoClose: true });
    stream.on('data', () => {
      this.#kept = true;
    });
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      if (!this.#kept) this.#abandoned();
    });
  }

  say(message: ShimMessage): void {
    if (this.#kept) return;
    try {
      writeSync(CONTROL_FD, `${JSON.stringify(message)}\n`);
    } catch {
      // The launcher is gone; `abandoned` is on its way.
    }
  }

  onAbandoned(action: () => Promise<void>): void {
    this.#abandoned = () => void action();
  }
}
