import { closeSync, constants, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { OutputTail } from './output-tail.ts';

export interface ConsoleLogOptions {
  /** Size at which the file becomes `<path>.old` and a new one is begun. Default 256 KiB. */
  readonly maxFileBytes?: number;
  /** How much the guest may print; beyond it its serial port waits. Default 1 MiB per second. */
  readonly maxBytesPerSecond?: number;
  /** What the file has before each line, e.g. the time. Default: nothing. */
  readonly stamp?: () => string;
}

/** Time and a space, for `stamp`. */
export function timeStamp(): string {
  return `${new Date().toISOString()} `;
}

/**
 * Writes what the guest, or a program, prints to a file, and keeps its last lines. The guest may print without end: the file
 * and the one before it stay below twice the limit, and reading stops for the rest of a second that had its share,
 * so a flood costs the host little. No timer runs while the guest is silent.
 */
export class ConsoleLog {
  #path: string;
  readonly #maxFileBytes: number;
  readonly #maxBytesPerSecond: number;
  readonly #tail = new OutputTail();
  readonly #source: Readable;
  #fd: number | undefined;
  #fileBytes = 0;
  #windowStartMs = 0;
  #windowBytes = 0;
  #resume: NodeJS.Timeout | undefined;
  readonly #stamp: (() => string) | undefined;
  #isAtLineStart = true;

  /** Starts reading `source`. Where the file cannot be made there is none: that must not end a VM. */
  constructor(source: Readable, path: string, options: ConsoleLogOptions = {}) {
    this.#path = path;
    this.#maxFileBytes = options.maxFileBytes ?? 256 * 1024;
    this.#maxBytesPerSecond = options.maxBytesPerSecond ?? 1024 * 1024;
    this.#stamp = options.stamp;
    this.#fd = tryOpenLog(path);
    this.#source = source;
    source.on('data', (chunk: Uint8Array) => this.#accept(chunk));
    source.once('close', () => this.#close());
    // The end of QEMU is reported by its exit, not by its console.
    source.on('error', () => this.#close());
  }

  lines(): readonly string[] {
    return this.#tail.lines();
  }

  /** Goes on in another file, which begins with a copy of this one. Where that cannot be made there is none. */
  moveTo(path: string): void {
    const before = this.#path;
    this.#path = path;
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = tryOpenLog(path);
    this.#fileBytes = 0;
    try {
      this.#write(readFileSync(before));
    } catch {
      // Somebody took it away.
    }
  }

  #accept(chunk: Uint8Array): void {
    this.#tail.append(chunk);
    this.#write(this.#stamped(chunk));
    const nowMs = performance.now();
    if (nowMs - this.#windowStartMs > 1000) {
      this.#windowStartMs = nowMs;
      this.#windowBytes = 0;
    }
    this.#windowBytes += chunk.length;
    if (this.#windowBytes < this.#maxBytesPerSecond || this.#resume !== undefined) return;
    this.#source.pause();
    this.#resume = setTimeout(
      () => {
        this.#resume = undefined;
        this.#source.resume();
      },
      this.#windowStartMs + 1000 - nowMs,
    );
    this.#resume.unref();
  }

  #stamped(chunk: Uint8Array): Uint8Array {
    if (this.#stamp === undefined || chunk.length === 0) return chunk;
    const stamp = this.#stamp();
    // latin1: bytes go through as they are.
    const lines = Buffer.from(chunk).toString('latin1').split('\n');
    const last = lines.pop() ?? '';
    const text = [...lines.map((line) => `${line}\n`), ...(last === '' ? [] : [last])]
      .map((line, index) => (index > 0 || this.#isAtLineStart ? stamp + line : line))
      .join('');
    this.#isAtLineStart = last === '';
    return Buffer.from(text, 'latin1');
  }

  #write(chunk: Uint8Array): void {
    if (this.#fd === undefined) return;
    try {
      if (this.#fileBytes + chunk.length > this.#maxFileBytes) this.#rotate();
      const part = chunk.subarray(0, this.#maxFileBytes);
      writeSync(this.#fd, part);
      this.#fileBytes += part.length;
    } catch {
      // A full disk must not end the VM; the tail is still there.
      this.#close();
    }
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.old`);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#fd = openLog(this.#path);
    this.#fileBytes = 0;
  }

  #close(): void {
    clearTimeout(this.#resume);
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function tryOpenLog(path: string): number | undefined {
  try {
    return openLog(path);
  } catch {
    return undefined;
  }
}

function openLog(path: string): number {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  return openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
}
