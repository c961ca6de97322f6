import type { Shape, ShapeNode, StringForm } from './shape.ts';

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = { readonly [name: string]: unknown };

/**
 * The JSON Schema of a shape. It accepts what `check` accepts, but for null in optional members, which readers of
 * other programs' files should not write.
 */
export function toJsonSchema(shape: Shape<unknown>): JsonSchema {
  return schemaOf(shape);
}

function schemaOf(shape: ShapeNode): JsonSchema {
  switch (shape.kind) {
    case 'unknown':
      return {};
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return {
        type: 'string',
        ...(shape.pattern === undefined ? stringRules(shape.form) : { pattern: shape.pattern.source }),
      };
    case 'enum':
      return { type: 'string', enum: shape.values };
    case 'number':
      return { type: 'number', ...bounds(shape.min, shape.max) };
    case 'integer':
      return { type: 'integer', ...bounds(shape.min, shape.max) };
    case 'list':
      return { type: 'array', items: schemaOf(shape.item) };
    case 'record':
      return { type: 'object', additionalProperties: schemaOf(shape.item) };
    case 'object': {
      const properties = Object.fromEntries(
        Object.entries(shape.fields).map(([name, field]) => [name, schemaOf(field)]),
      );
      return {
        type: 'object',
        properties,
        ...(shape.required.length === 0 ? {} : { required: shape.required }),
        ...(shape.closed ? { additionalProperties: false } : {}),
      };
    }
  }
}

function stringRules(form: StringForm): JsonSchema {
  if (form === 'text') return {};
  if (form === 'absolute') return { pattern: '^/[^\\u0000]*$' };
  return { pattern: '^[^\\u0000]*$', ...(form === 'name' ? { minLength: 1 } : {}) };
}

/** Bounds of 64 bits are rounded to what a JSON number of most readers can hold. */
function bounds(min: number | bigint | undefined, max: number | bigint | undefined): JsonSchema {
  return {
    ...(min === undefined ? {} : { minimum: Number(min) }),
    ...(max === undefined ? {} : { maximum: Number(max) }),
  };
}
