import { expect, it } from 'vitest';
import { medianGoal, ratioGoal, type Variant } from './figure.ts';
import { interleave } from './interleave.ts';
import { judge, median, summarize } from './statistics.ts';
import { formatFigure } from './table.ts';

const ms = (label: string, value: number) => ({ label, value, unit: 'ms' as const });

it('takes the middle, or the mean of the two in the middle', () => {
  expect(median([5, 1, 100])).toBe(5);
  expect(median([4, 1, 2, 100])).toBe(3);
  expect(() => median([])).toThrow('no values');
});

it('groups readings by label', () => {
  expect(summarize([ms('a', 3), ms('b', 9), ms('a', 1)])).toEqual([
    { label: 'a', unit: 'ms', median: 2, min: 1, max: 3, samples: [3, 1] },
    { label: 'b', unit: 'ms', median: 9, min: 9, max: 9, samples: [9] },
  ]);
});

it('judges goals, and leaves out those without readings', () => {
  const goals = [ratioGoal('a', 'b', 1.5), ratioGoal('a', 'absent', 1), medianGoal('b', 'ms', 5)];
  expect(judge(goals, summarize([ms('a', 12), ms('b', 10)]))).toEqual([
    { name: 'a / b', unit: 'x', atMost: 1.5, value: 1.2, reached: true },
    { name: 'b', unit: 'ms', atMost: 5, value: 10, reached: false },
  ]);
});

it('says how a goal comes about', () => {
  const goal = {
    ...ratioGoal('a', 'b', 1.5),
    arithmetic: (of: (label: string) => number | undefined) => `${of('a')} / ${of('b')}`,
  };
  const summaries = summarize([ms('a', 12), ms('b', 10)]);
  expect(formatFigure('T', summaries, judge([goal], summaries))).toContain(
    '\ngoal: a / b <= 1.5 x: 12 / 10 = 1.20 x, reached',
  );
});

it('samples in turns, back and forth, and does not count the first round', async () => {
  const order: string[] = [];
  const variant = (name: string): Variant => ({
    name,
    sample: async () => {
      order.push(name);
      return [ms(name, order.length)];
    },
  });
  const variants = [variant('a'), variant('b')];
  const samples = await interleave(variants, 2);
  expect(order.join('')).toBe('baabba');
  expect(samples.flatMap(({ readings }) => readings).map(({ value }) => value)).toEqual([3, 4, 5, 6]);
  expect(samples.map(({ variant }) => variants.indexOf(variant))).toEqual([0, 1, 1, 0]);
  await interleave(variants, 1, { warmUp: false });
  expect(order.join('')).toBe('baabbaab');
});

it('prints a table with its goals', () => {
  const summaries = summarize([ms('floor', 1000), ms('hako run', 1600)]);
  expect(
    formatFigure('Start', summaries, judge([ratioGoal('hako run', 'floor', 1.5)], summaries)),
  ).toBe(`Start
           median    least     most  samples
floor     1000 ms  1000 ms  1000 ms        1
hako run  1600 ms  1600 ms  1600 ms        1
goal: hako run / floor <= 1.5 x: 1.60 x, NOT reached`);
});
