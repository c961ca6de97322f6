import { expect, test } from 'vitest';
import { parseByteSize } from './byte-size.ts';

test.each([
  ['1024', 1024n],
  ['64m', 67_108_864n],
  ['64MiB', 67_108_864n],
  ['64MB', 67_108_864n],
  ['1.5 G', 1_610_612_736n],
  ['10b', 10n],
  ['-1', -1n],
  ['9223372036854775807', 9_223_372_036_854_775_807n],
])('%s', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each(['', 'm', '-2', '1e3', '64x', '9223372036854775808', '9999999999999p', '0x10'])(
  '%j is no size',
  (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  },
);
