/** Length of the header in front of each frame's data. */
export const headerBytes = 10;

/** Most data that a frame may hold: 4 MiB. */
export const maxDataBytes: number = 4 << 20;

/** Types of frames. */
export const FrameType = { request: 1, response: 2, data: 3 } as const;

/** Flags of frames. */
export const FrameFlag = { remoteClosed: 1, remoteOpen: 2, noData: 4 } as const;

/** The header of a frame. Type and flags are bytes that a peer chose. */
export interface FrameHeader {
  readonly length: number;
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
}

/**
 * A whole frame in one buffer: header, `head`, a delimited field with tag byte `tag` that holds `payload` (nothing for
 * an empty payload), `tail`. Head and tail are protobuf too, and protobuf messages are joined by putting them
 * one behind the other, so the payload, which may be large, is copied only once.
 */
export function encodeFrame(
  streamId: number,
  type: number,
  head: Uint8Array,
  tag: number,
  payload: Uint8Array,
  tail: Uint8Array,
): Uint8Array {
  const sizeBytes = payload.length === 0 ? 0 : 1 + varintBytes(payload.length);
  const length = head.length + sizeBytes + payload.length + tail.length;
  const frame = new Uint8Array(headerBytes + length);
  putHeader(frame, { length, streamId, type });
  let at = headerBytes;
  frame.set(head, at);
  at += head.length;
  if (payload.length > 0) {
    at = putTag(frame, at, tag, payload.length);
    frame.set(payload, at);
    at += payload.length;
  }
  frame.set(tail, at);
  return frame;
}

/**
 * The beginning of a frame that holds one delimited field with tag byte `tag`: up to and with `start`, the first of the
 * field's `payloadBytes`. Whoever sends it sends the others behind it.
 */
export function encodeFrameStart(
  streamId: number,
  type: number,
  tag: number,
  payloadBytes: number,
  start: Uint8Array,
): Uint8Array {
  const sizeBytes = 1 + varintBytes(payloadBytes);
  const bytes = new Uint8Array(headerBytes + sizeBytes + start.length);
  putHeader(bytes, { length: sizeBytes + payloadBytes, streamId, type });
  bytes.set(start, putTag(bytes, headerBytes, tag, payloadBytes));
  return bytes;
}

/** What stands before the content of a delimited field: its tag byte and the length. */
export function fieldStart(tag: number, length: number): Uint8Array {
  const bytes = new Uint8Array(1 + varintBytes(length));
  putTag(bytes, 0, tag, length);
  return bytes;
}

function putHeader(frame: Uint8Array, { length, streamId, type }: Omit<FrameHeader, 'flags'>): void {
  const view = new DataView(frame.buffer);
  view.setUint32(0, length);
  view.setUint32(4, streamId);
  frame[8] = type;
}

/** Answers where the field's content begins. */
function putTag(frame: Uint8Array, start: number, tag: number, length: number): number {
  let at = start;
  frame[at++] = tag;
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) frame[at++] = (rest & 0x7f) | 0x80;
  frame[at++] = rest;
  return at;
}

/** Bytes of data in a frame that encodeFrame made. */
export function dataBytesOf(frame: Uint8Array): number {
  return frame.length - headerBytes;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest !== 0; rest >>>= 7) bytes += 1;
  return bytes;
}
