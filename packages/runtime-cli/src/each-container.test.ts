import { expect, test } from 'vitest';
import { idsOf, oneByOne } from './each-container.ts';

const store = { list: () => ['web-1', 'web-2', 'db'] };

test('an id is itself; a regular expression is what it matches', () => {
  expect(idsOf(store, 'web', false)).toEqual(['web']);
  expect(idsOf(store, '^web', true)).toEqual(['web-1', 'web-2']);
  expect(idsOf(store, 'x', true)).toEqual([]);
  expect(() => idsOf(store, '(', true)).toThrow('"("');
});

test('the first failure ends the others', async () => {
  const seen: string[] = [];
  const action = async (id: string) => {
    seen.push(id);
    return id === 'b' ? 3 : 0;
  };
  expect(await oneByOne(['a', 'b', 'c'], action)).toBe(3);
  expect(seen).toEqual(['a', 'b']);
});
