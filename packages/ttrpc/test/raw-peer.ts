import { type Duplex, duplexPair } from 'node:stream';
import { FrameReader } from '../src/frame-reader.ts';

export interface RawFrame {
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
  readonly data: Uint8Array;
}

/** One end of a connection, written byte by byte by a test; the other end is for the part under test. */
export class RawPeer {
  readonly other: Duplex;
  readonly frames: RawFrame[] = [];
  readonly ended: Promise<void>;
  readonly #stream: Duplex;
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor() {
    const [near, far] = duplexPair();
    this.#stream = near;
    this.other = far;
    const reader = new FrameReader({
      frame: ({ streamId, type, flags }, data) => {
        this.frames.push({ streamId, type, flags, data });
        for (const { count, resolve } of this.#waiting) if (this.frames.length >= count) resolve();
      },
      oversized: () => {},
    });
    near.on('data', (chunk: Uint8Array) => reader.push(chunk));
    this.ended = new Promise((resolve) => near.once('close', resolve).once('end', resolve));
  }

  send(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.#stream.write(frame);
  }

  /** The frames received, once there are this many. */
  async received(count: number): Promise<readonly RawFrame[]> {
    if (this.frames.length < count)
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    return this.frames;
  }

  hangUp(): void {
    this.#stream.end();
  }
}

/** A frame as the protocol describes it, also a wrong one. */
export function rawFrame(
  streamId: number,
  type: number,
  data: Uint8Array,
  flags = 0,
  length = data.length,
): Uint8Array {
  const frame = Buffer.alloc(10 + data.length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(streamId, 4);
  frame[8] = type;
  frame[9] = flags;
  frame.set(data, 10);
  return frame;
}
