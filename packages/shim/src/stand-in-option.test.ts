import { expect, test } from 'vitest';
import { readStandIn, STAND_IN_TYPE, standInOption } from './stand-in-option.ts';

test('a process comes back as it was named; others name none', () => {
  for (const process of [
    { pid: 4711, isStandIn: true },
    { pid: 12, isStandIn: false },
    { pid: 12, isStandIn: false, fds: { orders: 5, signals: 6 } },
  ]) {
    expect(readStandIn(standInOption(process))).toEqual(process);
  }
  expect(readStandIn(undefined)).toBeUndefined();
  expect(readStandIn({ typeUrl: 'containerd.runc.v1.Options', value: new Uint8Array() })).toBeUndefined();
});

test('what is not a pid is refused', () => {
  const value = new TextEncoder().encode('1; rm');
  expect(() => readStandIn({ typeUrl: STAND_IN_TYPE, value })).toThrow(
    expect.objectContaining({ code: 'bad-request' }),
  );
});
