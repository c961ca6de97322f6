import { expect, test } from 'vitest';
import { routePrioritiesFromText, routePrioritiesToText } from './route-priorities.ts';

test('metrics of routes as text and back', () => {
  const priorities = [0, 100, 4_294_967_295];
  expect(routePrioritiesFromText(routePrioritiesToText(priorities))).toEqual(priorities);
});

test.each(['', 'a', '-1', '1,', '4294967296', '1'.repeat(70_000)])('%.10s is no list of metrics', (text) => {
  expect(() => routePrioritiesFromText(text)).toThrow(RangeError);
});
