import { expect, test } from 'vitest';
import { tscKhzOf } from './host-facts.ts';

const cpuinfo = (flags: string, mhz: string) =>
  [
    'processor\t: 0',
    `cpu MHz\t\t: ${mhz}`,
    `flags\t\t: fpu ${flags} sse`,
    '',
    'processor\t: 1',
    'cpu MHz\t\t: 1.000',
  ].join('\n');

test('the rate of the time stamp counter is read only where /proc/cpuinfo means it', () => {
  expect(tscKhzOf(cpuinfo('constant_tsc nonstop_tsc tsc_known_freq', '2445.430'))).toBe(2_445_430);
  // What the processor does at the moment.
  expect(tscKhzOf(cpuinfo('constant_tsc aperfmperf', '1200.000'))).toBeUndefined();
  expect(tscKhzOf(cpuinfo('tsc', '2445.430'))).toBeUndefined();
  expect(tscKhzOf(cpuinfo('constant_tsc', 'unknown'))).toBeUndefined();
  expect(tscKhzOf('')).toBeUndefined();
});
