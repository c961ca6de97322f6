import { expect, it } from 'vitest';
import { formatComparison } from './comparison.ts';
import type { Result } from './measure.ts';
import { summarize } from './statistics.ts';

const resultOf = (medians: Record<string, number>): Result => ({
  figure: 'start',
  title: 'Start',
  method: '',
  readings: summarize(Object.entries(medians).map(([label, value]) => ({ label, value, unit: 'ms' }))),
  goals: [],
});

it('prints both checkouts and their ratio', () => {
  expect(formatComparison('Start', resultOf({ run: 100, added: 7 }), resultOf({ run: 200, gone: 1 }))).toBe(
    [
      'Start',
      '          here      there  here / there',
      'run     100 ms     200 ms        0.50 x',
      'added  7.00 ms  not there              ',
    ].join('\n'),
  );
});
