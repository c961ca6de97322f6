import * as z from 'zod';
import type { Shape, ShapeNode } from './shape.ts';

/**
 * The zod schema of a shape: same verdicts as `check`, with zod's own messages. Objects keep unknown members
 * unless they are closed; optional members may be absent or null (null is dropped).
 */
export function toZod<T>(shape: Shape<T>): z.ZodType<T> {
  // The one place where zod's inferred types meet the shape's declared one.
  return build(shape) as z.ZodType<T>;
}

function build(shape: ShapeNode): z.ZodType {
  switch (shape.kind) {
    case 'unknown':
      return z.unknown();
    case 'boolean':
      return z.boolean();
    case 'string':
      return buildString(shape);
    case 'enum':
      return z.enum(shape.values);
    case 'number':
      return z
        .number()
        .min(shape.min ?? Number.NEGATIVE_INFINITY)
        .max(shape.max ?? Number.POSITIVE_INFINITY);
    case 'integer':
      return buildInteger(shape);
    case 'list':
      return z.array(build(shape.item));
    case 'record':
      return z.record(z.string(), build(shape.item));
    case 'object':
      return buildObject(shape);
  }
}

function buildString({ form, pattern }: ShapeNode & { kind: 'string' }): z.ZodType {
  if (form === 'text') return z.string();
  const withoutNul = z.string().regex(/^[^\0]*$/, 'must not contain NUL');
  if (pattern !== undefined) return withoutNul.regex(new RegExp(pattern.source, 'u'), pattern.rule);
  if (form === 'os') return withoutNul;
  return form === 'name' ? withoutNul.min(1) : withoutNul.regex(/^\//, 'must be an absolute path');
}

function buildInteger(shape: ShapeNode & { kind: 'integer' }): z.ZodType {
  if (typeof shape.min === 'number' && typeof shape.max === 'number')
    return z.int().min(shape.min).max(shape.max);
  const inRange = (value: number | bigint): boolean => value >= shape.min && value <= shape.max;
  return z.union([
    z
      .number()
      .refine((value) => Number.isInteger(value) && inRange(value), 'must be a whole number of 64 bits'),
    z.bigint().refine(inRange, 'must be a whole number of 64 bits'),
  ]);
}

function buildObject(shape: ShapeNode & { kind: 'object' }): z.ZodType {
  const fields: Record<string, z.ZodType> = {};
  for (const [name, field] of Object.entries(shape.fields)) {
    const schema = build(field);
    fields[name] = shape.required.includes(name) ? schema : schema.nullish();
  }
  return shape.closed ? z.strictObject(fields) : z.looseObject(fields);
}
