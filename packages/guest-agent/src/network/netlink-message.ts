/**
 * Messages of netlink (netlink(7), rtnetlink(7)): a header of 16 bytes, a fixed part per type, and attributes of
 * length, type and value, each part aligned to 4 bytes. Numbers are in the machine's byte order, which is little-endian on all that this
 * agent runs on.
 */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  /** Fixed part and attributes. */
  readonly payload: Uint8Array;
}

const HEADER_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;
/** The two upper bits of an attribute's type are flags. */
const TYPE_MASK = 0x3fff;

/** One attribute: a number is an unsigned one of 32 bits, a text ends with NUL, a list is nested. */
export type Attribute = readonly [type: number, value: number | string | Uint8Array | readonly Attribute[]];

export function encodeMessage(
  type: number,
  flags: number,
  fixed: Uint8Array,
  attributes: readonly Attribute[],
): Uint8Array {
  return encodePayload(type, flags, concat([padded(fixed), ...attributes.map(encodeAttribute)]));
}

/** A message whose payload is there already. Its sequence number is the sender's to set. */
export function encodePayload(type: number, flags: number, payload: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, message.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  message.set(payload, HEADER_BYTES);
  return message;
}

/** The messages of one datagram. What is cut short ends them. */
export function decodeMessages(datagram: Uint8Array): NetlinkMessage[] {
  const view = viewOf(datagram);
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at + HEADER_BYTES <= datagram.length; ) {
    const length = view.getUint32(at, true);
    if (length < HEADER_BYTES || at + length > datagram.length) break;
    messages.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      payload: datagram.subarray(at + HEADER_BYTES, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** Attributes behind a fixed part of `fixedBytes`, by type; of equal ones the last. */
export function decodeAttributes(payload: Uint8Array, fixedBytes: number): ReadonlyMap<number, Uint8Array> {
  const view = viewOf(payload);
  const attributes = new Map<number, Uint8Array>();
  for (let at = aligned(fixedBytes); at + ATTRIBUTE_HEADER_BYTES <= payload.length; ) {
    const length = view.getUint16(at, true);
    if (length < ATTRIBUTE_HEADER_BYTES || at + length > payload.length) break;
    attributes.set(
      view.getUint16(at + 2, true) & TYPE_MASK,
      payload.subarray(at + ATTRIBUTE_HEADER_BYTES, at + length),
    );
    at += aligned(length);
  }
  return attributes;
}

function encodeAttribute([type, value]: Attribute): Uint8Array {
  const bytes = valueBytes(value);
  const attribute = new Uint8Array(aligned(ATTRIBUTE_HEADER_BYTES + bytes.length));
  const view = new DataView(attribute.buffer);
  view.setUint16(0, ATTRIBUTE_HEADER_BYTES + bytes.length, true);
  view.setUint16(2, type, true);
  attribute.set(bytes, ATTRIBUTE_HEADER_BYTES);
  return attribute;
}

function valueBytes(value: Attribute[1]): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return new TextEncoder().encode(`${value}\0`);
  if (typeof value === 'number') return uint32(value);
  return concat(value.map(encodeAttribute));
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An attribute's number of 32 bits; 0 for one that is not there or of another size. */
export function numberOf(value: Uint8Array | undefined): number {
  return value?.length === 4 ? viewOf(value).getUint32(0, true) : 0;
}

/** An attribute's text without its NUL; empty for one that is not there. */
export function textOf(value: Uint8Array | undefined): string {
  if (value === undefined) return '';
  const end = value.indexOf(0);
  return new TextDecoder().decode(end === -1 ? value : value.subarray(0, end));
}

function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const whole = new Uint8Array(aligned(bytes.length));
  whole.set(bytes);
  return whole;
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
