import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check, dropNulls, matches } from './check.ts';
import {
  absolutePath,
  boolean,
  int64,
  list,
  matching,
  name,
  object,
  oneOf,
  osText,
  record,
  type Shape,
  uint32,
  uint64,
} from './shape.ts';
import { toZod } from './zod.ts';

interface Sample {
  readonly id: string;
  readonly path?: string;
  readonly mode?: 'fast' | 'slow';
  readonly code?: string;
  readonly sizes?: readonly number[];
  readonly limit?: number | bigint;
  readonly big?: number | bigint;
  readonly notes?: Readonly<Record<string, string>>;
  readonly on?: boolean;
}

const sample: Shape<Sample> = object<Sample>(
  {
    id: name,
    path: absolutePath,
    mode: oneOf(['fast', 'slow']),
    code: matching('[A-Z]{2}', 'must be two capital letters'),
    sizes: list(uint32),
    limit: int64,
    big: uint64,
    notes: record(osText),
    on: boolean,
  },
  { id: true },
);

function problems(value: unknown): string[] {
  return check(sample, value, { codePrefix: 'x' }).problems.map(
    ({ code, field, rule, fix }) => `${code} ${field}: ${rule}${fix === undefined ? '' : `; ${fix}`}`,
  );
}

test('a value of the shape has no problems; unknown members are no problem', () => {
  expect(problems({ id: 'a', path: '/x', mode: 'fast', sizes: [1], limit: -5, extra: {} })).toEqual([]);
  expect(matches(sample, { id: 'a' })).toBe(true);
});

test('every problem is reported with its path', () => {
  expect(
    problems({
      path: 'x',
      mode: 'fasst',
      code: 'XYZ',
      sizes: [1, -1, 'b', 1.5],
      notes: { 'a.b': 'n\0l' },
      on: 'yes',
    }),
  ).toEqual([
    'x/bad-value path: must be an absolute path',
    'x/bad-value mode: must be one of fast, slow; did you mean fast?',
    'x/bad-value code: must be two capital letters',
    'x/out-of-range sizes[1]: must be at least 0',
    'x/wrong-type sizes[2]: must be a whole number, not a string',
    'x/wrong-type sizes[3]: must be a whole number, not a fraction',
    'x/bad-value notes["a.b"]: must not contain NUL',
    'x/wrong-type on: must be true or false, not a string',
    'x/missing id: is required',
  ]);
});

test('64-bit limits are exact', () => {
  expect(problems({ id: 'a', big: 18_446_744_073_709_551_615n, limit: -9_223_372_036_854_775_808n })).toEqual(
    [],
  );
  expect(problems({ id: 'a', big: 18_446_744_073_709_551_616n, limit: 9_223_372_036_854_775_808n })).toEqual([
    'x/out-of-range big: must be at most 18446744073709551615',
    'x/out-of-range limit: must be at most 9223372036854775807',
  ]);
});

test('null is absent for optional members only', () => {
  const value = { id: 'a', sizes: null };
  const result = check(sample, value, { codePrefix: 'x' });
  expect(result.problems).toEqual([]);
  dropNulls(result);
  expect(value).toEqual({ id: 'a' });
  expect(problems({ id: null })).toEqual(['x/wrong-type id: must be a string, not null']);
});

test('depth and the number of problems are bounded', () => {
  interface Chain {
    readonly next?: Chain;
  }
  const fields: { next: Shape<Chain> } = { next: { kind: 'unknown' } };
  const chain = object<Chain>(fields, {});
  fields.next = chain;
  let deep: Chain = {};
  for (let level = 0; level < 5000; level++) deep = { next: deep };
  expect(check(chain, deep, { codePrefix: 'x' }).problems).toHaveLength(1);
  expect(problems({ id: 'a', sizes: Array.from({ length: 5000 }, () => 'x') })).toHaveLength(100);
});

test('a closed object names the nearest known member', () => {
  const closed = object<{ a_key?: number }>({ a_key: uint32 }, {}, true);
  expect(check(closed, { a_kye: 1 }, { codePrefix: 'x', path: 'top' }).problems).toEqual([
    {
      severity: 'error',
      code: 'x/unknown-key',
      field: 'top.a_kye',
      rule: 'is not a known key',
      fix: 'did you mean a_key?',
    },
  ]);
});

test('zod gives the same verdicts', () => {
  const schema = toZod(sample);
  const member = fc.oneof(
    fc.constantFrom(
      '',
      '/a',
      'fast',
      'n\0l',
      null,
      undefined,
      -1,
      1.5,
      2 ** 33,
      2n ** 63n,
      2n ** 65n,
      -1n,
      true,
    ),
    fc.array(fc.oneof(fc.integer(), fc.string())),
    fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())),
  );
  const value = fc.oneof(
    member,
    fc.record(
      {
        id: member,
        path: member,
        mode: member,
        code: member,
        sizes: member,
        limit: member,
        big: member,
        notes: member,
        on: member,
      },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(value, (data) => {
      expect(schema.safeParse(data).success).toBe(matches(sample, data));
    }),
    { numRuns: 2000 },
  );
});
