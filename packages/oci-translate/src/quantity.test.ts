import { expect, test } from 'vitest';
import { parseQuantity } from './quantity.ts';

test.each([
  ['2', 2],
  ['500m', 0.5],
  ['0.5', 0.5],
  ['1Gi', 2 ** 30],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['128M', 128e6],
  ['129e6', 129e6],
  ['1Ki', 1024],
  ['-1', undefined],
  ['1 Gi', undefined],
  ['1GiB', undefined],
  ['', undefined],
  ['x', undefined],
])('the quantity %j is %j', (text, expected) => {
  expect(parseQuantity(text)).toBe(expected);
});
