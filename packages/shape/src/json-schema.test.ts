import { expect, test } from 'vitest';
import { toJsonSchema } from './json-schema.ts';
import {
  absolutePath,
  boolean,
  list,
  name,
  object,
  oneOf,
  record,
  uint32,
  uint64,
  unknown,
} from './shape.ts';

test('each kind of shape', () => {
  const shape = object<{
    path: string;
    id?: string;
    mode?: 'a' | 'b';
    sizes?: readonly number[];
    notes?: Readonly<Record<string, boolean>>;
    big?: number | bigint;
    rest?: unknown;
  }>(
    {
      path: absolutePath,
      id: name,
      mode: oneOf(['a', 'b']),
      sizes: list(uint32),
      notes: record(boolean),
      big: uint64,
      rest: unknown,
    },
    { path: true },
    true,
  );
  expect(toJsonSchema(shape)).toEqual({
    type: 'object',
    properties: {
      path: { type: 'string', pattern: '^/[^\\u0000]*$' },
      id: { type: 'string', pattern: '^[^\\u0000]*$', minLength: 1 },
      mode: { type: 'string', enum: ['a', 'b'] },
      sizes: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 4_294_967_295 } },
      notes: { type: 'object', additionalProperties: { type: 'boolean' } },
      big: { type: 'integer', minimum: 0, maximum: 2 ** 64 },
      rest: {},
    },
    required: ['path'],
    additionalProperties: false,
  });
});
