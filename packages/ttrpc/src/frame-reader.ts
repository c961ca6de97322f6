import { type FrameHeader, headerBytes, maxDataBytes } from './frame.ts';

/** What a FrameReader found. */
export interface FrameListener {
  /** A whole frame. `data` may be a view of a chunk that was pushed. */
  frame(header: FrameHeader, data: Uint8Array): void;
  /** A frame over the limit; its data is being dropped. */
  oversized(header: FrameHeader): void;
}

const nothing = new Uint8Array(0);

/**
 * Finds frames in a byte stream that arrives in pieces of any size. Holds at most one frame that is not complete,
 * and allocates for it only after its length was found to be within the limit.
 *
 * States: reading a header (`#header` undefined), filling a body, dropping an oversized body (`#dropping` > 0).
 */
export class FrameReader {
  readonly #listener: FrameListener;
  readonly #partialHeader = new Uint8Array(headerBytes);
  #headerFilled = 0;
  #header: FrameHeader | undefined;
  #body: Uint8Array = nothing;
  #bodyFilled = 0;
  #dropping = 0;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  /** Takes a chunk over: it must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#dropping > 0) {
        const dropped = Math.min(this.#dropping, chunk.length - at);
        this.#dropping -= dropped;
        at += dropped;
      } else if (this.#header !== undefined) {
        at += this.#fillBody(this.#header, chunk, at);
      } else if (this.#headerFilled === 0 && chunk.length - at >= headerBytes) {
        at += headerBytes;
        at += this.#begin(readHeader(chunk, at - headerBytes), chunk, at);
      } else {
        const taken = Math.min(headerBytes - this.#headerFilled, chunk.length - at);
        this.#partialHeader.set(chunk.subarray(at, at + taken), this.#headerFilled);
        this.#headerFilled += taken;
        at += taken;
        if (this.#headerFilled === headerBytes) {
          this.#headerFilled = 0;
          at += this.#begin(readHeader(this.#partialHeader, 0), chunk, at);
        }
      }
    }
  }

  /** After a header: answers how many bytes of the chunk it used up. */
  #begin(header: FrameHeader, chunk: Uint8Array, at: number): number {
    if (header.length > maxDataBytes) {
      this.#dropping = header.length;
      this.#listener.oversized(header);
      return 0;
    }
    if (header.length <= chunk.length - at) {
      this.#listener.frame(header, chunk.subarray(at, at + header.length));
      return header.length;
    }
    this.#header = header;
    this.#body = new Uint8Array(header.length);
    this.#bodyFilled = 0;
    return 0;
  }

  #fillBody(header: FrameHeader, chunk: Uint8Array, at: number): number {
    const taken = Math.min(header.length - this.#bodyFilled, chunk.length - at);
    this.#body.set(chunk.subarray(at, at + taken), this.#bodyFilled);
    this.#bodyFilled += taken;
    if (this.#bodyFilled === header.length) {
      const body = this.#body;
      this.#header = undefined;
      this.#body = nothing;
      this.#listener.frame(header, body);
    }
    return taken;
  }
}

function readHeader(bytes: Uint8Array, at: number): FrameHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, headerBytes);
  return {
    length: view.getUint32(0),
    streamId: view.getUint32(4),
    type: view.getUint8(8),
    flags: view.getUint8(9),
  };
}
