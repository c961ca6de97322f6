import { GuestImageError } from './guest-image-error.ts';

const tag = {
  null: 0,
  needed: 1,
  strtab: 5,
  symtab: 6,
  versym: 0x6ffffff0,
  verneed: 0x6ffffffe,
  verneednum: 0x6fffffff,
};

interface LoadSegment {
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** The dynamic section of a 64-bit little-endian ELF file, read and changed in place. */
export class ElfDynamic {
  readonly #view: DataView;
  readonly #segments: readonly LoadSegment[];
  /** File offset of each entry. */
  readonly #entries: readonly { readonly at: number; readonly tag: number; readonly value: number }[];

  private constructor(file: Buffer, dynamicAt: number, segments: readonly LoadSegment[]) {
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.#segments = segments;
    const entries: { at: number; tag: number; value: number }[] = [];
    for (let at = dynamicAt; ; at += 16) {
      const entry = { at, tag: this.#number(at), value: this.#number(at + 8) };
      if (entry.tag === tag.null) break;
      entries.push(entry);
    }
    this.#entries = entries;
  }

  /** Undefined for what is no ELF file or is statically linked. */
  static read(file: Buffer): ElfDynamic | undefined {
    if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
      return undefined;
    const headersAt = Number(file.readBigUInt64LE(32));
    const segments: LoadSegment[] = [];
    let dynamicAt: number | undefined;
    for (let index = 0; index < file.readUInt16LE(56); index++) {
      const at = headersAt + index * file.readUInt16LE(54);
      const type = file.readUInt32LE(at);
      const offset = Number(file.readBigUInt64LE(at + 8));
      if (type === 2) dynamicAt = offset;
      if (type === 1) {
        const address = Number(file.readBigUInt64LE(at + 16));
        segments.push({ offset, address, size: Number(file.readBigUInt64LE(at + 32)) });
      }
    }
    return dynamicAt === undefined ? undefined : new ElfDynamic(file, dynamicAt, segments);
  }

  /** Sonames of the libraries that the loader must find. */
  get needed(): string[] {
    const strings = this.#table(tag.strtab);
    return this.#entries
      .filter((entry) => entry.tag === tag.needed)
      .map(({ value }) => this.#text(strings + value));
  }

  /**
   * Makes the file do without a library: it is no longer loaded, and what would come from it is null. For a library
   * whose functions are never called in the guest.
   */
  dropLibrary(soname: string): void {
    const strings = this.#table(tag.strtab);
    for (const entry of this.#entries) {
      // An unknown tag in the range of those that the loader passes over.
      if (entry.tag === tag.needed && this.#text(strings + entry.value) === soname)
        this.#set(entry.at, 0x6ffffdf8);
    }
    const versions = this.#unlinkVersions(soname, strings);
    const symbols = this.#table(tag.symtab);
    const symbolVersions = this.#table(tag.versym);
    // The string table follows the symbols in every file that binutils makes.
    const count = Math.floor((strings - symbols) / 24);
    for (let index = 0; index < count; index++) {
      if (!versions.has(this.#view.getUint16(symbolVersions + 2 * index, true) & 0x7fff)) continue;
      this.#view.setUint16(symbolVersions + 2 * index, 1, true);
      const info = symbols + 24 * index + 4;
      this.#view.setUint8(info, (2 << 4) | (this.#view.getUint8(info) & 15)); // weak: may stay unresolved
    }
  }

  /** Takes the library's entry out of the list of needed versions; answers the version numbers it had. */
  #unlinkVersions(soname: string, strings: number): Set<number> {
    const versions = new Set<number>();
    let previous: number | undefined;
    let at = this.#table(tag.verneed);
    for (let left = this.#entry(tag.verneednum).value; left > 0; left--) {
      const next = this.#view.getUint32(at + 12, true);
      if (this.#text(strings + this.#view.getUint32(at + 4, true)) === soname) {
        let auxiliary = at + this.#view.getUint32(at + 8, true);
        for (let count = this.#view.getUint16(at + 2, true); count > 0; count--) {
          versions.add(this.#view.getUint16(auxiliary + 6, true));
          auxiliary += this.#view.getUint32(auxiliary + 12, true);
        }
        if (previous !== undefined) {
          const step = this.#view.getUint32(previous + 12, true);
          this.#view.setUint32(previous + 12, next === 0 ? 0 : step + next, true);
        } else {
          const first = this.#entry(tag.verneed);
          this.#set(first.at + 8, first.value + next);
        }
        const number = this.#entry(tag.verneednum);
        this.#set(number.at + 8, number.value - 1);
        return versions;
      }
      previous = at;
      at += next;
    }
    return versions;
  }

  #entry(wanted: number): { readonly at: number; readonly value: number } {
    const entry = this.#entries.find((candidate) => candidate.tag === wanted);
    if (entry === undefined) {
      throw new GuestImageError('not-in-package', `the program has no dynamic entry ${wanted.toString(16)}`);
    }
    return entry;
  }

  /** File offset of a table that the dynamic section gives by address. */
  #table(wanted: number): number {
    const { value } = this.#entry(wanted);
    const segment = this.#segments.find(({ address, size }) => value >= address && value < address + size);
    if (segment === undefined)
      throw new GuestImageError('not-in-package', 'the program has a table outside of it');
    return segment.offset + value - segment.address;
  }

  #number(at: number): number {
    return Number(this.#view.getBigUint64(at, true));
  }

  #set(at: number, value: number): void {
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  #text(at: number): string {
    let end = at;
    while (this.#view.getUint8(end) !== 0) end++;
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, end - at));
  }
}
