import { expect, test } from 'vitest';
import { copyInitrd, cpioNames } from './copy-initrd.ts';

test('the copy is an archive behind the probe’s, of one executable', () => {
  const probe = copyInitrd(Buffer.alloc(0), 0, 1);
  expect(cpioNames(probe)).toEqual(['init']);
  const both = copyInitrd(probe, 64 << 10, 2);
  expect(both.subarray(0, probe.length)).toEqual(probe);
  const copy = both.subarray(probe.length);
  expect(cpioNames(copy)).toEqual(['init']);
  expect(copy.indexOf('\x7fELF')).toBe(116);
});
