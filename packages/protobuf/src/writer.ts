import { utf8Encoder } from './text-codec.ts';

/** Writes protobuf values into one growing buffer. Values must be in range: the caller checks. */
export class Writer {
  #buffer: Uint8Array;
  #position = 0;

  constructor(sizeHint = 128) {
    this.#buffer = new Uint8Array(sizeHint);
  }

  /** What was written; a view of the buffer, which the writer gives up. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#position);
  }

  uint32(value: number): void {
    this.#reserve(5);
    this.#varint(value);
  }

  /** Negative numbers take ten bytes, as protobuf demands. */
  int32(value: number): void {
    if (value >= 0) this.uint32(value);
    else this.uint64(BigInt(value));
  }

  uint64(value: bigint): void {
    this.#reserve(10);
    let low = Number(BigInt.asUintN(32, value));
    let high = Number(BigInt.asUintN(32, value >> 32n));
    while (high !== 0) {
      this.#buffer[this.#position++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#varint(low);
  }

  double(value: number): void {
    this.#reserve(8);
    const { buffer, byteOffset } = this.#buffer;
    new DataView(buffer, byteOffset + this.#position, 8).setFloat64(0, value, true);
    this.#position += 8;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length + 5);
    this.#varint(value.length);
    this.#buffer.set(value, this.#position);
    this.#position += value.length;
  }

  string(value: string): void {
    const most = value.length * 3;
    this.#reserve(most + 5);
    const width = varintWidth(most);
    const start = this.#position + width;
    const { written } = utf8Encoder.encodeInto(value, this.#buffer.subarray(start, start + most));
    this.#closeLength(start, width, written);
  }

  /** Writes what `body` writes with its length in front. */
  delimited(body: () => void): void {
    this.#reserve(1);
    const start = this.#position + 1;
    this.#position = start;
    body();
    this.#closeLength(start, 1, this.#position - start);
  }

  /** Puts the length into the gap of `width` bytes before `start`, moving the content if the gap is wrong. */
  #closeLength(start: number, width: number, length: number): void {
    const needed = varintWidth(length);
    if (needed !== width) {
      this.#position = start + length;
      this.#reserve(needed);
      this.#buffer.copyWithin(start + needed - width, start, start + length);
    }
    this.#position = start - width;
    this.#varint(length);
    this.#position += length;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#position++] = rest;
  }

  #reserve(size: number): void {
    const needed = this.#position + size;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#position));
    this.#buffer = larger;
  }
}

function varintWidth(value: number): number {
  let width = 1;
  for (let rest = value >>> 7; rest !== 0; rest >>>= 7) width += 1;
  return width;
}
