import { expect, test } from 'vitest';
import { formatPlace, parsePlace } from './stand-in-place.ts';

test.each([
  { pid: 4711 },
  { pid: 4711, fds: { orders: 12, signals: 13 } },
  { pid: 4711, fds: { orders: 12, signals: 13, terminal: 0 } },
])('%j comes back as it was', (place) => {
  expect(parsePlace(formatPlace(place))).toEqual(place);
});

test.each(['', '0', '-1', '1:2', '1:2:3:4:5', '1:2:x', '1; rm', '12345678901', ' 1'])(
  '%j is no place',
  (text) => {
    expect(parsePlace(text)).toBeUndefined();
  },
);
