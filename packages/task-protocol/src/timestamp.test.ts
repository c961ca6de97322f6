import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timestampFromMs, timestampToMs } from './timestamp.ts';

test('milliseconds and their fractions come through, before and after the epoch', () => {
  expect(timestampFromMs(1_700_000_000_123.5)).toEqual({ seconds: 1_700_000_000n, nanos: 123_500_000 });
  expect(timestampFromMs(-1)).toEqual({ seconds: -1n, nanos: 999_000_000 });
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      const stamp = timestampFromMs(date.getTime());
      expect(stamp.nanos).toBeGreaterThanOrEqual(0);
      expect(stamp.nanos).toBeLessThan(1e9);
      expect(timestampToMs(stamp)).toBe(date.getTime());
    }),
  );
});
