import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OciSpecError } from './error.ts';
import { parseJson, stringifyJson } from './json.ts';

function problemOf(input: string | Uint8Array): string {
  try {
    parseJson(input, { file: 'f' });
  } catch (error) {
    if (error instanceof OciSpecError) return error.message;
    throw error;
  }
  return 'no problem';
}

test('whole numbers beyond 2^53 - 1 are exact, both ways', () => {
  const text = '{"a":18446744073709551615,"b":[-9223372036854775808,9007199254740991],"c":1.5}';
  expect(parseJson(text)).toEqual({
    a: 18_446_744_073_709_551_615n,
    b: [-9_223_372_036_854_775_808n, 9_007_199_254_740_991],
    c: 1.5,
  });
  expect(stringifyJson(parseJson(text))).toBe(text);
});

test.each([
  ['{"a":1,\n "b" 2}', 'f:2:6: must have a colon after the member name'],
  ['{"a":1,}', 'f:1:8: must have a member name in double quotes here'],
  ['[1 2]', 'f:1:4: must have a comma or ] here'],
  ['', 'f:1:1: must not end before the value'],
  ['{"a":tru}', 'f:1:6: must have a value here'],
  ['{"a":"b', 'f:1:8: must close the string before the end of the text'],
  ['"a\u0000"', 'f:1:3: must write control characters in strings as \\u escapes'],
  ['"\\x"', 'f:1:1: must use only the escapes of JSON in strings'],
  ['{} {}', 'f:1:4: must end after the first value'],
  ['{"a":{"b":1,\n"b":2}}', 'f:2:1: b: must not be named twice in one object; remove one of the two'],
])('%j is refused: %s', (text, message) => {
  expect(problemOf(text)).toBe(message);
});

test('bytes must be UTF-8', () => {
  expect(problemOf(new Uint8Array([0x7b, 0x0a, 0x22, 0xc3, 0x28]))).toBe(
    'f:2: must be UTF-8, but byte 3 is not',
  );
  expect(parseJson(new TextEncoder().encode('"é😀"'))).toBe('é😀');
});

test('hostile sizes end in an error soon', () => {
  expect(problemOf(`"${'x'.repeat(64 * 1024 * 1024)}"`)).toMatch('must not be longer than 16777216 bytes');
  expect(problemOf('['.repeat(200_000))).toMatch('must not be nested deeper than 128 levels');
  expect(problemOf('['.repeat(8_000_000))).toMatch('must not be nested deeper than 128 levels');
  expect(problemOf('9'.repeat(1_000_000))).toMatch('must not have a number of more than 64 digits');
});

test('__proto__ is an ordinary name', () => {
  for (const text of ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1111111111111111111}}']) {
    const value = parseJson(text);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { a?: unknown }).a).toBeUndefined();
  }
});

test('agrees with the engine, and no text makes it throw anything else', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(stringifyJson(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((text) => text.slice(1)),
      ),
      (text) => {
        let engine: unknown = 'refused';
        let own: unknown = 'refused';
        try {
          engine = JSON.stringify(JSON.parse(text));
        } catch {}
        try {
          own = stringifyJson(parseJson(text));
        } catch (error) {
          expect(error).toBeInstanceOf(OciSpecError);
        }
        expect(own).toBe(engine);
      },
    ),
  );
});
