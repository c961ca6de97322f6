import { expect, test } from 'vitest';
import { clockProblem } from './clock-problem.ts';

const first = { earliestMs: 1000, latestMs: 1200, guestMs: 50 };
const second = (guestMs: number) => ({ earliestMs: 2200, latestMs: 2500, guestMs: 50 + guestMs });

test('a clock is wrong only where no moment within the readings makes it right', () => {
  expect(clockProblem(first, second(1000))).toBeUndefined();
  expect(clockProblem(first, second(1500))).toBeUndefined();
  expect(clockProblem(first, second(12_000))).toBe(
    "the guest's clock does not go right: it counted 12000 ms in 1000 to 1500 ms",
  );
  expect(clockProblem(first, second(100))).toContain('counted 100 ms');
  expect(clockProblem(first, second(Number.NaN))).toContain('NaN');
});
