import type { MessageType } from './message-type.ts';

/** The scalar types that the protocols spoken here use. 64-bit ones are bigint, enums are int32. */
export type ScalarKind = 'bool' | 'bytes' | 'double' | 'int32' | 'int64' | 'string' | 'uint32' | 'uint64';

/** Type of one value: a scalar, or another message. */
export type ValueKind = ScalarKind | MessageType<object>;

/**
 * How often a field may stand in a message.
 * - `one`: always there; left off the wire when it has its default (proto3 without `optional`).
 * - `optional`: absent (undefined) and default are told apart. Message fields are always so.
 * - `many`: an array.
 * - `map`: an object without a prototype, from string keys to values.
 */
export type Cardinality = 'one' | 'optional' | 'many' | 'map';

/** One field of a message. */
export interface Field {
  readonly number: number;
  /** Property name in TypeScript. */
  readonly name: string;
  readonly kind: ValueKind;
  readonly cardinality: Cardinality;
}

/** What the generator writes for a field: number, name, kind, cardinality (`one` when left out). */
export type FieldRow = readonly [number: number, name: string, kind: ValueKind, cardinality?: Cardinality];
