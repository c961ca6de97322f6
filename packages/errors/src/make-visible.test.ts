import { expect, test } from 'vitest';
import { makeVisible } from './make-visible.ts';

test('control characters cannot act on a terminal', () => {
  expect(makeVisible('a\x1b[31mred\x07\u202e\u200b\x7f\tend ünï')).toBe(
    'a\\x1b[31mred\\x07\\u202e\\u200b\\x7f end ünï',
  );
});
