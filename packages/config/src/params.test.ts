import { expect, test } from 'vitest';
import { addParam, formatParams, parseParams } from './params.ts';

test('texts and parameters', () => {
  expect(parseParams(['a=b=c', 'quiet', '', '=x', 'e='])).toEqual([
    { key: 'a', value: 'b=c' },
    { key: 'quiet' },
    { key: '', value: 'x' },
    { key: 'e', value: '' },
  ]);
  const params = [{ key: 'a', value: 'b' }, { key: 'quiet' }, { key: '', value: 'x' }, { key: '' }];
  expect(formatParams(params)).toEqual(['a=b', 'quiet', 'x']);
  expect(formatParams(params, '')).toEqual(['a', 'b', 'quiet', 'x']);
});

test('a parameter needs a name', () => {
  expect(addParam([{ key: 'a' }], { key: 'b' })).toEqual([{ key: 'a' }, { key: 'b' }]);
  expect(addParam([], { key: '', value: 'b' })).toBeUndefined();
});
