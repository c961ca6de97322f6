import { expect, test } from 'vitest';
import { bool, oneOf, parseUint, uint } from './codec.ts';

test.each([
  ['0', 0],
  ['007', 7],
  ['4294967295', 4_294_967_295],
  ['4294967296', 'range'],
  ['4294967296x', 'range'],
  ['429496729x', 'syntax'],
  ['', 'syntax'],
  ['+1', 'syntax'],
  [' 1', 'syntax'],
  ['1_0', 'syntax'],
  ['٣', 'syntax'],
])('the number %j is %j', (text, expected) => {
  expect(parseUint(text, 4_294_967_295)).toBe(expected);
});

test('limits of numbers', () => {
  expect(uint({ min: 1 }).read('0')).toMatchObject({ kind: 'refused', reason: 'out-of-range' });
  expect(uint({ zeroIsIgnored: true }).read('0').kind).toBe('ignored');
  expect(uint({ max: Number.MAX_SAFE_INTEGER }).read('9007199254740991')).toEqual({
    kind: 'value',
    value: 2 ** 53 - 1,
  });
  expect(uint({ max: Number.MAX_SAFE_INTEGER }).read('9007199254740992').kind).toBe('refused');
});

test('booleans are the twelve words of Go', () => {
  expect(['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => bool.read(word))).toEqual(
    Array.from({ length: 6 }, () => ({ kind: 'value', value: true })),
  );
  for (const word of ['yes', '', ' true', 'tRUE', '01']) expect(bool.read(word).kind).toBe('refused');
});

test('words are exact', () => {
  expect(oneOf(['a', 'b']).read('a')).toEqual({ kind: 'value', value: 'a' });
  expect(oneOf(['a', 'b']).read('A')).toEqual({
    kind: 'refused',
    reason: 'bad-value',
    rule: 'must be one of a, b',
  });
});
