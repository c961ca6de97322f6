import { ProtobufError } from './protobuf-error.ts';
import { utf8Decoder } from './text-codec.ts';

const maxGroupDepth = 32;

/** Wire types of protobuf: what a field's bytes look like, which is in the low three bits of its tag. */
export const WireType = {
  varint: 0,
  fixed64: 1,
  delimited: 2,
  startGroup: 3,
  endGroup: 4,
  fixed32: 5,
} as const;

/** Reads protobuf values from bytes that nobody vouches for. Throws ProtobufError `malformed`. */
export class Reader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#position = 0;
  }

  get position(): number {
    return this.#position;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** A field's tag; field number 0 does not exist. */
  tag(): number {
    const tag = this.uint32();
    if (tag >>> 3 === 0) throw this.#malformed('has a field number 0');
    return tag;
  }

  /** A varint cut to its low 32 bits, unsigned; longer varints (negative int32) are read to their end. */
  uint32(): number {
    const bytes = this.#bytes;
    let result = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[this.#position];
      if (byte === undefined) throw this.#malformed('ends within a number');
      this.#position += 1;
      if (shift < 32) result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result >>> 0;
    }
    throw this.#malformed('has a number of more than ten bytes');
  }

  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    return this.uint64() !== 0n;
  }

  uint64(): bigint {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[this.#position];
      if (byte === undefined) throw this.#malformed('ends within a number');
      this.#position += 1;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        return high === 0 ? BigInt(low >>> 0) : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      }
    }
    throw this.#malformed('has a number of more than ten bytes');
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64());
  }

  double(): number {
    const start = this.#take(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + start, 8).getFloat64(0, true);
  }

  /** A view of the input, not a copy; a plain Uint8Array also where the input is a Buffer. */
  bytes(): Uint8Array {
    const length = this.uint32();
    const start = this.#take(length);
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
  }

  string(): string {
    const start = this.#position;
    const bytes = this.bytes();
    try {
      return utf8Decoder.decode(bytes);
    } catch (cause) {
      throw new ProtobufError('malformed', 'message holds text that is not UTF-8', {
        facts: { offset: start },
        cause,
      });
    }
  }

  /** Steps over the value of an unknown field. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case WireType.varint:
        this.uint64();
        return;
      case WireType.fixed64:
        this.#take(8);
        return;
      case WireType.delimited:
        this.#take(this.uint32());
        return;
      case WireType.fixed32:
        this.#take(4);
        return;
      case WireType.startGroup: {
        if (depth >= maxGroupDepth) throw this.#malformed('nests groups too deeply');
        for (;;) {
          const inner = this.tag();
          if ((inner & 7) === WireType.endGroup) {
            if (inner >>> 3 !== tag >>> 3) throw this.#malformed('ends another group than it began');
            return;
          }
          this.skip(inner, depth + 1);
        }
      }
      default:
        throw this.#malformed(`has a field of wire type ${tag & 7}`);
    }
  }

  #take(length: number): number {
    const start = this.#position;
    if (length > this.#bytes.length - start) throw this.#malformed('ends within a value');
    this.#position = start + length;
    return start;
  }

  #malformed(what: string): ProtobufError {
    return new ProtobufError('malformed', `message ${what}`, { facts: { offset: this.#position } });
  }
}
