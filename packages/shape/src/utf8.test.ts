import { expect, test } from 'vitest';
import { decodeUtf8 } from './utf8.ts';

test.each<[string, number[], string | { offset: number; line: number }]>([
  ['plain', [0x61, 0x0a], 'a\n'],
  ['two, three and four bytes', [0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x93, 0xa6], 'ä€📦'],
  ['a byte that begins nothing', [0x61, 0x0a, 0x0a, 0xff], { offset: 3, line: 3 }],
  ['a surrogate', [0xed, 0xa0, 0x80], { offset: 0, line: 1 }],
  ['an overlong form', [0x61, 0xc0, 0xaf], { offset: 1, line: 1 }],
  ['an end in the middle', [0x61, 0xe2, 0x82], { offset: 1, line: 1 }],
])('%s', (_name, bytes, expected) => {
  expect(decodeUtf8(new Uint8Array(bytes))).toEqual(expected);
});
