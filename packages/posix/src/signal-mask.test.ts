import { expect, test } from 'vitest';
import { signalMask } from './signal-mask.ts';

test('each signal has its bit, the first and the last too', () => {
  expect([...signalMask([])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect([...signalMask([1, 15, 64])]).toEqual([1, 0x40, 0, 0, 0, 0, 0, 0x80]);
  expect(signalMask([2, 2])).toEqual(signalMask([2]));
});
