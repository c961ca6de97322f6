import { expect, test } from 'vitest';
import { parseMountOptions } from './mount-options.ts';

test('tells flags, propagation and what is left to the file system apart', () => {
  expect(parseMountOptions(['trans=virtio,version=9p2000.L', 'nodev,ro', 'rslave', 'defaults', ''])).toEqual({
    flags: 4 | 1,
    propagation: (1 << 19) | 16384,
    data: 'trans=virtio,version=9p2000.L',
  });
  expect(parseMountOptions([])).toEqual({ flags: 0, propagation: 0, data: '' });
  // Names that every object has are no options.
  expect(parseMountOptions(['constructor'])).toEqual({ flags: 0, propagation: 0, data: 'constructor' });
});
