import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const keys = ['default_vcpus', 'default_memory', 'kernel_params'];

test.each([
  ['default_vcpu', 'default_vcpus'],
  ['defualt_memory', 'default_memory'],
  ['KERNEL_PARAMS', 'kernel_params'],
  ['something_else', undefined],
  ['', undefined],
])('%j is near %j', (word, expected) => {
  expect(nearest(word, keys)).toBe(expected);
});

test('a very long word is cheap', () => {
  expect(nearest('x'.repeat(10_000_000), keys)).toBeUndefined();
});
