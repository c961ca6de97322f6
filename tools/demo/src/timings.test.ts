import { expect, it } from 'vitest';
import { formatTimings } from './timings.ts';

it('lines up names and figures, and shows what no phase covers', () => {
  const phases = [
    { name: 'translate', ms: 2.4 },
    { name: 'guest boot', ms: 1000 },
    { name: 'total', ms: 1502.4 },
  ];
  expect(formatTimings(JSON.stringify({ phases }))).toBe(
    [
      'translate                  2 ms',
      `guest boot              1000 ms ${'#'.repeat(40)}`,
      `the rest: the process    500 ms ${'#'.repeat(20)}`,
      'total                   1502 ms',
    ].join('\n'),
  );
});

it('refuses what is not a list of phases', () => {
  expect(() => formatTimings('{"phases": 1}')).toThrow();
});
