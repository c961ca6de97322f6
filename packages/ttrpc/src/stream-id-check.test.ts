import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamIdCheck } from './stream-id-check.ts';

test('odd ids are accepted once, in any near order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200)), (ids) => {
      const check = new StreamIdCheck();
      const used = new Set<number>();
      for (const id of ids) {
        expect(check.accept(id)).toBe(id % 2 === 1 && !used.has(id));
        used.add(id);
      }
    }),
  );
});

test('a jump forgets all but the last 1024 skipped ids', () => {
  const check = new StreamIdCheck();
  expect(check.accept(0xffffffff)).toBe(true);
  expect(check.accept(1)).toBe(false);
  expect(check.accept(0xffffffff - 2048)).toBe(true);
  expect(check.accept(0xffffffff - 2050)).toBe(false);
});
