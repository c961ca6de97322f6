/**
 * Shapes: what a piece of outside data must look like, as plain values.
 *
 * They exist beside zod because building zod schemas for a whole config.json costs tens of milliseconds in a
 * fresh process, and a command line that lives for 50 ms cannot pay that. A shape costs one object literal;
 * `@hako/shape/zod` turns any shape into a zod schema for those who want one, and a test holds both to the same
 * verdicts.
 */

/** Description of values of type `T`. Made by the functions of this file only; all of it is plain data. */
export type Shape<T> = ShapeNode & { readonly [typeOf]?: T };
declare const typeOf: unique symbol;

/** The value type that a shape describes. */
export type ValueOf<S> = S extends { readonly [typeOf]?: infer T } ? Exclude<T, undefined> : never;

/** A whole number of up to 64 bits: a bigint where it is beyond 2^53 - 1, else a number. */
export type Int64 = number | bigint;

/** The closed set of shape kinds, for those who walk shapes (checks, documentation, schema writers). */
export type ShapeNode =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'integer'; readonly min: Int64; readonly max: Int64 }
  | {
      readonly kind: 'string';
      readonly form: StringForm;
      /** Pattern of the whole string and what it demands, as a clause: `must be ...`. */
      readonly pattern?: { readonly source: string; readonly rule: string };
    }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly item: ShapeNode }
  | { readonly kind: 'record'; readonly item: ShapeNode }
  | {
      readonly kind: 'object';
      readonly fields: Readonly<Record<string, ShapeNode>>;
      readonly required: readonly string[];
      /** Whether members that are not named here are an error. Default: they are kept. */
      readonly closed: boolean;
    }
  | { readonly kind: 'unknown' };

/**
 * What a string may hold. `text`: anything. `os`: no NUL, as everything that reaches a system call.
 * `name`: as `os` and not empty. `absolute`: as `os`, beginning with `/`.
 */
export type StringForm = 'text' | 'os' | 'name' | 'absolute';

export const boolean: Shape<boolean> = { kind: 'boolean' };
export const number: Shape<number> = { kind: 'number' };
/** Any string, NUL included. */
export const text: Shape<string> = { kind: 'string', form: 'text' };
/** A string without NUL. */
export const osText: Shape<string> = { kind: 'string', form: 'os' };
/** A string without NUL that is not empty. */
export const name: Shape<string> = { kind: 'string', form: 'name' };
/** An absolute path without NUL. */
export const absolutePath: Shape<string> = { kind: 'string', form: 'absolute' };
/** Anything at all, kept as it is. */
export const unknown: Shape<unknown> = { kind: 'unknown' };

export const uint8: Shape<number> = integer(0, 255);
export const uint16: Shape<number> = integer(0, 65_535);
export const uint32: Shape<number> = integer(0, 4_294_967_295);
export const int32: Shape<number> = integer(-2_147_483_648, 2_147_483_647);
/** Whole numbers that a JavaScript number holds exactly, from 0. */
export const safeUint: Shape<number> = integer(0, Number.MAX_SAFE_INTEGER);
export const uint64: Shape<Int64> = { kind: 'integer', min: 0, max: 18_446_744_073_709_551_615n };
export const int64: Shape<Int64> = {
  kind: 'integer',
  min: -9_223_372_036_854_775_808n,
  max: 9_223_372_036_854_775_807n,
};

/** A string without NUL that matches an ECMAScript pattern from end to end; `rule` says what that means. */
export function matching(source: string, rule: string): Shape<string> {
  return { kind: 'string', form: 'os', pattern: { source: `^(?:${source})$`, rule } };
}

/** Whole numbers from `min` to `max`, both included. */
export function integer(min: number, max: number): Shape<number> {
  return { kind: 'integer', min, max };
}

/** Numbers, also fractions, from `min` to `max`. */
export function numberIn(min: number, max: number): Shape<number> {
  return { kind: 'number', min, max };
}

/** One of the given words. */
export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  return { kind: 'enum', values };
}

/** An array of one shape. */
export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return { kind: 'list', item };
}

/** An object with any member names and one shape of value. */
export function record<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return { kind: 'record', item };
}

/** Names of the members of `T` that may not be absent. */
type RequiredName<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T] & string;

/**
 * An object. The compiler holds `fields` and `required` to the members of `T` in both directions, so an
 * interface and its shape cannot drift apart.
 */
export function object<T extends object>(
  fields: { readonly [K in keyof T]-?: Shape<Exclude<T[K], undefined>> },
  required: Readonly<Record<RequiredName<T>, true>>,
  closed = false,
): Shape<T> {
  return { kind: 'object', fields, required: Object.keys(required), closed };
}
