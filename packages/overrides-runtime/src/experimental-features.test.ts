import { expect, test } from 'vitest';
import { addFeature, findFeature } from './experimental-features.ts';

const feature = { name: 'new_thing', description: 'a thing', expectedRelease: '2.0' };

test('a feature is registered once', () => {
  expect(addFeature([], feature)).toEqual([feature]);
  expect(addFeature([feature], feature)).toMatchObject({ code: 'feature/known', value: 'new_thing' });
  expect(findFeature([feature], 'new_thing')).toBe(feature);
  expect(findFeature([feature], 'New_thing')).toBeUndefined();
});

test.each([
  [{ ...feature, name: 'A' }, 'feature/name'],
  [{ ...feature, name: '1a' }, 'feature/name'],
  [{ ...feature, name: '' }, 'feature/incomplete'],
  [{ ...feature, description: '' }, 'feature/incomplete'],
])('%j is refused', (wrong, code) => {
  expect(addFeature([], wrong)).toMatchObject({ code });
});
