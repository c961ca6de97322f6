import { expect, test } from 'vitest';
import { quote } from './quote.ts';

test.each([
  ["it's plain é 漢 😀", '"it\'s plain é 漢 😀"'],
  ['"\\\n\r\t\u0007\b\f\v', '"\\"\\\\\\n\\r\\t\\a\\b\\f\\v"'],
  ['\0\u001b[2J\u007f', '"\\x00\\x1b[2J\\x7f"'],
  ['\u0085\u00a0\u202e\u200b\ufeff\u3000', '"\\u0085\\u00a0\\u202e\\u200b\\ufeff\\u3000"'],
  ['\u{e0001}', '"\\U000e0001"'],
  ['\ud800', '"\ufffd"'],
])('%j is written as %s', (text, expected) => {
  expect(quote(text)).toBe(expected);
});
