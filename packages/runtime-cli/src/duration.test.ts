import { expect, test } from 'vitest';
import { parseDurationMs } from './duration.ts';

test.each([
  ['5s', 5000],
  ['500ms', 500],
  ['1m30s', 90_000],
  ['0.5s', 500],
])('%s', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each(['', '5', '0s', '-1s', '1d', '1000h'])('%j is none', (text) => {
  expect(parseDurationMs(text)).toBeUndefined();
});
