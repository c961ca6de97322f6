import type { Field, ScalarKind, ValueKind } from './field.ts';
import type { MessageType } from './message-type.ts';
import { ProtobufError } from './protobuf-error.ts';
import { Reader, WireType } from './reader.ts';

/** A message with every field at its default, in the order of the table (one hidden class per type). */
export function defaultMessage(fields: readonly Field[]): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const { name, kind, cardinality } of fields) {
    if (cardinality === 'many') message[name] = [];
    // Keys come from the peer: without a prototype, `__proto__` is a key like any other.
    else if (cardinality === 'map') message[name] = Object.create(null);
    else message[name] = cardinality === 'optional' ? undefined : defaultValue(kind);
  }
  return message;
}

/** Reads a message up to the end of the input, on top of `message` where one is given. */
export function decodeMessage(
  reader: Reader,
  type: Pick<MessageType<object>, 'fields' | 'typeName'>,
  message: Record<string, unknown> = defaultMessage(type.fields),
): Record<string, unknown> {
  while (reader.position < reader.length) {
    const tag = reader.tag();
    const field = fieldOf(type.fields, tag >>> 3);
    try {
      if (field === undefined || !readField(reader, tag & 7, field, message)) reader.skip(tag);
    } catch (error) {
      if (field === undefined || !(error instanceof ProtobufError) || error.facts.message !== undefined)
        throw error;
      const facts = { ...error.facts, message: type.typeName, field: field.name };
      throw new ProtobufError('malformed', `${error.message} (${type.typeName}.${field.name})`, {
        facts,
        cause: error,
      });
    }
  }
  return message;
}

/** Tables are short and numbers mostly run from 1 without a gap. */
function fieldOf(fields: readonly Field[], number: number): Field | undefined {
  const guess = fields[number - 1];
  return guess?.number === number ? guess : fields.find((field) => field.number === number);
}

/** False when the wire type is not this field's: protobuf treats that as an unknown field. */
function readField(
  reader: Reader,
  wireType: number,
  field: Field,
  message: Record<string, unknown>,
): boolean {
  const { name, kind, cardinality } = field;
  if (cardinality === 'map') {
    if (wireType !== WireType.delimited) return false;
    readMapEntry(new Reader(reader.bytes()), kind, message[name] as Record<string, unknown>);
    return true;
  }
  if (cardinality === 'many') {
    const list = message[name] as unknown[];
    if (wireType === WireType.delimited && typeof kind !== 'object' && isPackable(kind)) {
      const packed = new Reader(reader.bytes());
      while (packed.position < packed.length) list.push(readScalar(packed, kind));
      return true;
    }
    if (wireType !== wireTypeOf(kind)) return false;
    list.push(readValue(reader, kind));
    return true;
  }
  if (wireType !== wireTypeOf(kind)) return false;
  // A message field that stands twice is merged, by protobuf's rule.
  message[name] = readValue(reader, kind, message[name]);
  return true;
}

function readMapEntry(entry: Reader, kind: ValueKind, map: Record<string, unknown>): void {
  let key = '';
  let value: unknown = typeof kind === 'object' ? kind.create() : defaultValue(kind);
  while (entry.position < entry.length) {
    const tag = entry.tag();
    if (tag === ((1 << 3) | WireType.delimited)) key = entry.string();
    else if (tag === ((2 << 3) | wireTypeOf(kind))) value = readValue(entry, kind, value);
    else entry.skip(tag);
  }
  map[key] = value;
}

function readValue(reader: Reader, kind: ValueKind, previous?: unknown): unknown {
  if (typeof kind !== 'object') return readScalar(reader, kind);
  return decodeMessage(new Reader(reader.bytes()), kind, previous as Record<string, unknown> | undefined);
}

function readScalar(reader: Reader, kind: ScalarKind): unknown {
  switch (kind) {
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    case 'uint32':
      return reader.uint32();
    case 'int32':
      return reader.int32();
    case 'uint64':
      return reader.uint64();
    case 'int64':
      return reader.int64();
    case 'bool':
      return reader.bool();
    case 'double':
      return reader.double();
  }
}

/** Wire type of one value of this kind. */
export function wireTypeOf(kind: ValueKind): number {
  if (typeof kind === 'object' || kind === 'string' || kind === 'bytes') return WireType.delimited;
  return kind === 'double' ? WireType.fixed64 : WireType.varint;
}

/** Whether many values of this kind stand in one delimited field. */
export function isPackable(kind: ValueKind): boolean {
  return wireTypeOf(kind) !== WireType.delimited;
}

function defaultValue(kind: ValueKind): unknown {
  switch (kind) {
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'uint64':
    case 'int64':
      return 0n;
    case 'bool':
      return false;
    case 'uint32':
    case 'int32':
    case 'double':
      return 0;
    default:
      return undefined;
  }
}
