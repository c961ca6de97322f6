import { expect, test } from 'vitest';
import { guestMountOptions } from './guest-mount-options.ts';

test('what crun does not know is said in its words, or not at all', () => {
  expect(guestMountOptions(['rbind', 'rro', 'rnoatime', 'silent', 'symfollow', 'size=1m'])).toEqual([
    'rbind',
    'rro',
    'noatime',
    'size=1m',
  ]);
  expect(guestMountOptions(['toString', 'ro'])).toEqual(['toString', 'ro']);
});
