import { expect, it } from 'vitest';
import { formatTimings } from './timings.ts';

it('lines up names and figures', () => {
  const json = JSON.stringify({
    phases: [
      { name: 'translate', ms: 2.4 },
      { name: 'kernel', ms: 1000 },
    ],
  });
  expect(formatTimings(json)).toBe(`translate      2 ms\nkernel      1000 ms ${'#'.repeat(40)}`);
});

it('refuses what is not a list of phases', () => {
  expect(() => formatTimings('{"phases": 1}')).toThrow();
});
