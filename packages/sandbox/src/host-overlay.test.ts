import { expect, test } from 'vitest';
import { hostOverlay } from './host-overlay.ts';

test('an overlay is what makes it, and how it is mounted', () => {
  const options = ['lowerdir=/a:/b', 'private', 'upperdir=/u', 'workdir=/w', 'volatile', 'ro', 'nodev'];
  expect(hostOverlay({ destination: '/v', type: 'overlay', source: '/merge', options })).toEqual({
    data: 'lowerdir=/a:/b,upperdir=/u,workdir=/w,volatile',
    options: ['private', 'ro', 'nodev'],
  });
});

test('a bind is none, whatever its type says', () => {
  expect(
    hostOverlay({ destination: '/v', type: 'overlay', source: '/a', options: ['bind'] }),
  ).toBeUndefined();
  expect(hostOverlay({ destination: '/v', type: 'tmpfs' })).toBeUndefined();
});
