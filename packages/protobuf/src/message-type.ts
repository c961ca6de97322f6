import { decodeMessage, defaultMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import type { Field, FieldRow } from './field.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * What may be given where a message of type T is to be built: any part of it, to any depth. What is missing
 * has its default (0, '', false, empty, absent).
 */
export type MessageInit<T> = T extends string | number | boolean | bigint | Uint8Array | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly MessageInit<Item>[]
    : { readonly [Key in keyof T]?: MessageInit<T[Key]> | undefined };

/** A message type as a value: builds, encodes and decodes plain objects of type T. */
export interface MessageType<T extends object> {
  /** Full name as in the .proto file, e.g. `grpc.CreateContainerRequest`. */
  readonly typeName: string;
  /** The fields in the order of the .proto file. */
  readonly fields: readonly Field[];
  /** A whole message from a part of one; arrays and byte arrays are taken over, not copied. */
  create(init?: MessageInit<T>): T;
  /** @throws ProtobufError `out-of-range` when a value does not fit its field. */
  encode(message: MessageInit<T>): Uint8Array;
  /**
   * Accepts unknown fields (and drops them), as protobuf demands. Byte arrays in the result are views of `bytes`.
   * @throws ProtobufError `malformed`
   */
  decode(bytes: Uint8Array): T;
}

/** Makes a message type from its table. The table is asked for on first use, so types may refer to each other. */
export function messageType<T extends object>(
  typeName: string,
  rows: () => readonly FieldRow[],
): MessageType<T> {
  let fields: readonly Field[] | undefined;
  const type: MessageType<T> = {
    typeName,
    get fields() {
      fields ??= rows().map(([number, name, kind, cardinality]) => ({
        number,
        name,
        kind,
        cardinality: cardinality ?? (typeof kind === 'object' ? 'optional' : 'one'),
      }));
      return fields;
    },
    create(init) {
      const message = defaultMessage(type.fields);
      return fill(type.fields, message, init ?? {}) as T;
    },
    encode(message) {
      const writer = new Writer();
      encodeMessage(writer, type, message as Readonly<Record<string, unknown>>);
      return writer.finish();
    },
    decode(bytes) {
      const reader = new Reader(bytes);
      return decodeMessage(reader, type) as T;
    },
  };
  return type;
}

function fill(fields: readonly Field[], message: Record<string, unknown>, init: object): object {
  for (const { name, kind, cardinality } of fields) {
    const value: unknown = Reflect.get(init, name);
    if (value === undefined) continue;
    if (cardinality === 'map') {
      const target = message[name] as Record<string, unknown>;
      for (const [key, item] of Object.entries(value as object)) {
        target[key] = typeof kind === 'object' ? kind.create(item as object) : item;
      }
    } else if (typeof kind !== 'object') {
      message[name] = value;
    } else if (cardinality === 'many') {
      message[name] = (value as readonly object[]).map((item) => kind.create(item));
    } else {
      message[name] = kind.create(value as object);
    }
  }
  return message;
}
