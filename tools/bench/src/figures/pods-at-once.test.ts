import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { judge, summarize } from '../statistics.ts';
import { podsAtOnce } from './pods-at-once.ts';

it('holds ten pods against ten floors over the cores, and against ten floors at once', () => {
  const { goals } = podsAtOnce({
    runPod: () => Promise.reject(new Error('not asked for')),
    floor: { timeAtOnce: async () => 0 },
  });
  const ms = (label: string, value: number) => ({ label, value, unit: 'ms' }) as const;
  const cores = availableParallelism();
  const readings = [
    ms('floor', 2000),
    ms('10 floors at once', 30_000 / cores),
    ms('10 pods at once', 40_000 / cores),
    ms('10 pods at once from a template', 10_000 / cores),
  ];
  expect(judge(goals, summarize(readings)).map(({ value, reached }) => [value, reached])).toEqual([
    [expect.closeTo(2), false],
    [expect.closeTo(4 / 3), false],
    [expect.closeTo(0.5), true],
    [expect.closeTo(1 / 3), true],
  ]);
});
