import { isPackable, wireTypeOf } from './decode.ts';
import type { Field, ScalarKind, ValueKind } from './field.ts';
import type { MessageType } from './message-type.ts';
import { ProtobufError } from './protobuf-error.ts';
import { WireType } from './reader.ts';
import type { Writer } from './writer.ts';

type Values = Readonly<Record<string, unknown>>;

/** Writes the fields of `message` in the order of the table, leaving out what has its default. */
export function encodeMessage(
  writer: Writer,
  type: Pick<MessageType<object>, 'fields' | 'typeName'>,
  message: Values,
): void {
  for (const field of type.fields) {
    const value = message[field.name];
    if (value === undefined || value === null) continue;
    try {
      writeField(writer, field, value);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw new ProtobufError('out-of-range', `${type.typeName}.${field.name} must be ${error.message}`, {
        facts: { message: type.typeName, field: field.name },
      });
    }
  }
}

/** Thrown where the names are not at hand; never leaves this file. */
class BadValue extends Error {}

function writeField(writer: Writer, { number, kind, cardinality }: Field, value: unknown): void {
  switch (cardinality) {
    case 'one':
      if (isDefault(value)) return;
      break;
    case 'many': {
      if (!Array.isArray(value)) throw new BadValue('an array');
      if (value.length === 0) return;
      if (isPackable(kind)) {
        writer.uint32((number << 3) | WireType.delimited);
        writer.delimited(() => {
          for (const item of value) writeValue(writer, kind, item);
        });
        return;
      }
      for (const item of value) {
        writer.uint32((number << 3) | WireType.delimited);
        writeValue(writer, kind, item);
      }
      return;
    }
    case 'map': {
      for (const [key, item] of Object.entries(value as Values)) {
        if (item === undefined) continue;
        writer.uint32((number << 3) | WireType.delimited);
        writer.delimited(() => {
          writer.uint32((1 << 3) | WireType.delimited);
          writer.string(key);
          writer.uint32((2 << 3) | wireTypeOf(kind));
          writeValue(writer, kind, item);
        });
      }
      return;
    }
    case 'optional':
      break;
  }
  writer.uint32((number << 3) | wireTypeOf(kind));
  writeValue(writer, kind, value);
}

function isDefault(value: unknown): boolean {
  // -0 is not the default of a double.
  return (
    value === '' ||
    value === 0n ||
    value === false ||
    Object.is(value, 0) ||
    (value instanceof Uint8Array && value.length === 0)
  );
}

function writeValue(writer: Writer, kind: ValueKind, value: unknown): void {
  if (typeof kind !== 'object') {
    writeScalar(writer, kind, value);
    return;
  }
  if (typeof value !== 'object' || value === null) throw new BadValue('an object');
  writer.delimited(() => encodeMessage(writer, kind, value as Values));
}

function writeScalar(writer: Writer, kind: ScalarKind, value: unknown): void {
  switch (kind) {
    case 'string':
      if (typeof value !== 'string') throw new BadValue('a string');
      writer.string(value);
      return;
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw new BadValue('a Uint8Array');
      writer.bytes(value);
      return;
    case 'bool':
      if (typeof value !== 'boolean') throw new BadValue('a boolean');
      writer.uint32(value ? 1 : 0);
      return;
    case 'uint32':
      if (typeof value !== 'number' || value >>> 0 !== value) throw new BadValue('a whole number of 32 bits');
      writer.uint32(value);
      return;
    case 'int32':
      if (typeof value !== 'number' || (value | 0) !== value) {
        throw new BadValue('a whole number of 32 bits with sign');
      }
      writer.int32(value);
      return;
    case 'uint64':
      if (typeof value !== 'bigint' || BigInt.asUintN(64, value) !== value) {
        throw new BadValue('a bigint of 64 bits');
      }
      writer.uint64(value);
      return;
    case 'int64':
      if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) {
        throw new BadValue('a bigint of 64 bits with sign');
      }
      writer.uint64(value);
      return;
    case 'double':
      if (typeof value !== 'number') throw new BadValue('a number');
      writer.double(value);
      return;
  }
}
