import { utf8 } from './utf8.ts';

/** Data of a program: strings, buffers, pointer arrays. Offsets are from the start of the data. */
export class ProgramData {
  readonly #bytes: number[] = [];
  readonly #strings = new Map<string, number>();
  /** Eight-byte places that must hold the address of other data. */
  readonly pointers: { readonly at: number; readonly data: number }[] = [];

  get size(): number {
    return this.#bytes.length;
  }

  /** NUL-terminated and shared between equal ones: system calls do not write to their strings. */
  string(text: string): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    const at = this.#append([...utf8(text), 0]);
    this.#strings.set(text, at);
    return at;
  }

  bytes(content: Uint8Array): number {
    this.#align();
    return this.#append([...content]);
  }

  strings(texts: readonly string[]): number {
    const targets = texts.map((text) => this.string(text));
    this.#align();
    const at = this.#append(Array.from({ length: 8 * (targets.length + 1) }, () => 0));
    targets.forEach((data, index) => {
      this.pointers.push({ at: at + 8 * index, data });
    });
    return at;
  }

  toBytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #align(): void {
    while (this.#bytes.length % 8 !== 0) this.#bytes.push(0);
  }

  #append(content: readonly number[]): number {
    const at = this.#bytes.length;
    for (const byte of content) this.#bytes.push(byte);
    return at;
  }
}
