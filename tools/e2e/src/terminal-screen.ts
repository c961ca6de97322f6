import { constants, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { openPty, readableFrom, setWindowSize, type WindowSize } from '@hako/posix';

const LIMIT_MS = 60_000;

/** What somebody sees, and types, who sits at the master side of a terminal. */
export class TerminalScreen {
  readonly #masterFd: number;
  readonly #reader: Readable;
  #shown = '';
  #changed = Promise.withResolvers<void>();
  #isHungUp = false;

  /** Owns `masterFd`. */
  constructor(masterFd: number) {
    this.#masterFd = masterFd;
    this.#reader = readableFrom(masterFd);
    this.#reader.on('data', (bytes: Buffer) => {
      this.#shown += bytes.toString();
      this.#notify();
    });
    // EIO: the other side has gone.
    for (const event of ['error', 'end', 'close']) {
      this.#reader.on(event, () => {
        this.#isHungUp = true;
        this.#notify();
      });
    }
  }

  get shown(): string {
    return this.#shown;
  }

  type(text: string): void {
    writeSync(this.#masterFd, text);
  }

  resize(size: WindowSize): void {
    setWindowSize(this.#masterFd, size);
  }

  /** Waits until something new was shown that holds `text`, and forgets all up to its end. */
  async see(text: string): Promise<void> {
    await this.#until(() => this.#shown.includes(text), JSON.stringify(text));
    this.#shown = this.#shown.slice(this.#shown.indexOf(text) + text.length);
  }

  /** Waits until nobody has the other side open. */
  async hungUp(): Promise<void> {
    await this.#until(() => this.#isHungUp, 'the end');
  }

  close(): void {
    this.#reader.destroy();
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new Error(`the terminal never showed ${what}; it shows ${JSON.stringify(this.#shown)}`));
    }, LIMIT_MS);
    try {
      while (!holds()) await Promise.race([this.#changed.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** A terminal of our own, with its other side as a descriptor for programs. */
export function newTerminal(size: WindowSize): { readonly screen: TerminalScreen; readonly slaveFd: number } {
  const { masterFd, slavePath } = openPty();
  setWindowSize(masterFd, size);
  const slaveFd = openSync(slavePath, constants.O_RDWR | constants.O_NOCTTY);
  return { screen: new TerminalScreen(masterFd), slaveFd };
}
