import { expect, test } from 'vitest';
import { fields } from './fields.ts';

test('white space is what Go calls so', () => {
  expect(fields(' a\u0085b\u00a0c\u3000d\te ')).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(fields('a\ufeffb\u200bc\u180ed')).toEqual(['a\ufeffb\u200bc\u180ed']);
  expect(fields('')).toEqual([]);
});
