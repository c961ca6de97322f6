import { makeVisible } from '@hako/errors';

/** Longest line that is shown; the guest chooses what it prints. */
const maxLineLength = 400;

/** Keeps the last bytes of an endless stream and gives them as printable lines. */
export class OutputTail {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(maxBytes = 16_384) {
    this.#maxBytes = maxBytes;
  }

  append(chunk: Uint8Array): void {
    // A copy: a small part of a large buffer must not keep all of it.
    const kept = Uint8Array.from(chunk.subarray(Math.max(0, chunk.length - this.#maxBytes)));
    this.#chunks.push(kept);
    this.#size += kept.length;
    // Joined only when twice too large, so that many small chunks do not cost a copy each.
    if (this.#size > 2 * this.#maxBytes || this.#chunks.length > 1024) this.#compact();
  }

  /** The last lines, at most `maxLines`, oldest first. */
  lines(maxLines = 50): readonly string[] {
    this.#compact();
    const text = new TextDecoder().decode(this.#chunks[0] ?? new Uint8Array());
    return text
      .split(/\r*\n|\r+/)
      .filter((line) => line.trim() !== '')
      .slice(-maxLines)
      .map((line) => {
        const cut = line.length > maxLineLength ? `${line.slice(0, maxLineLength)}...` : line;
        return makeVisible(cut);
      });
  }

  #compact(): void {
    const all = Buffer.concat(this.#chunks);
    const last = Uint8Array.from(all.subarray(Math.max(0, all.length - this.#maxBytes)));
    this.#chunks = [last];
    this.#size = last.length;
  }
}
