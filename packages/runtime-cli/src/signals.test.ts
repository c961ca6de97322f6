import { expect, test } from 'vitest';
import { signalNumber } from './signals.ts';

test.each([
  ['9', 9],
  ['KILL', 9],
  ['SIGKILL', 9],
  ['sigterm', 15],
  ['64', 64],
  ['RTMIN', 34],
  ['SIGRTMIN+3', 37],
  ['RTMAX-1', 63],
])('%s is %i', (text, number) => {
  expect(signalNumber(text)).toBe(number);
});

test.each(['', '0', '65', '-1', 'NOPE', '9x', 'RTMIN-1', 'RTMAX+1'])('%j is refused by name', (text) => {
  expect(() => signalNumber(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});
