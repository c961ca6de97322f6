import { expect, test } from 'vitest';
import { readStandIn, STAND_IN_TYPE, standInOption } from './stand-in-option.ts';

test('a pid goes there and back', () => {
  expect(readStandIn(standInOption(4711))).toBe(4711);
});

test('options of others name no stand-in', () => {
  expect(readStandIn(undefined)).toBeUndefined();
  expect(readStandIn({ typeUrl: 'runtimeoptions.v1.Options', value: new Uint8Array([1]) })).toBeUndefined();
});

test.each(['', '0', '-1', '1x', '99999999999'])('%j is no pid', (text) => {
  const option = { typeUrl: STAND_IN_TYPE, value: new TextEncoder().encode(text) };
  expect(() => readStandIn(option)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});
