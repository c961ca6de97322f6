import { PassThrough } from 'node:stream';
import type { SandboxConfig } from '@hako/oci-translate';
import { expect, test } from 'vitest';
import { firstLine, parseOffer, parseOrder, parseRequest, placeOfProcess } from './messages.ts';

test('a request is understood, or refused', () => {
  const config = { id: 'c1' } as SandboxConfig;
  const machine = { ask: 'machine', place: 'here', config } as const;
  expect(parseRequest(JSON.stringify(machine))).toEqual(machine);
  expect(parseRequest('{"ask":"status"}')).toEqual({ ask: 'status' });
  for (const bad of ['', 'x', '{}', '{"ask":"all"}', '{"ask":"machine"}', '{"ask":"machine","place":"here"}'])
    expect(() => parseRequest(bad), bad).toThrow();
});

test('answers and orders of another kind are refused', () => {
  expect(parseOffer('{}')).toEqual({});
  expect(parseOffer('{"socket":"/s","pid":7}')).toEqual({ socket: '/s', pid: 7 });
  for (const bad of ['[]', '{"pid":-1}', '{"socket":7}']) expect(() => parseOffer(bad), bad).toThrow();
  const order = { args: ['shim'], directory: '/d', log: '/l', journal: '/j', pid: 7 };
  expect(parseOrder(JSON.stringify(order))).toEqual(order);
  expect(() => parseOrder(JSON.stringify({ ...order, journal: undefined }))).toThrow();
});

test('a line may come in pieces; one that does not end, or does not come, is not waited for', async () => {
  const pieces = new PassThrough();
  const line = firstLine(pieces, 60_000);
  pieces.write('{"a"');
  pieces.write(':1}\n');
  expect(await line).toBe('{"a":1}');
  await expect(firstLine(new PassThrough(), 10)).rejects.toThrow('no answer within 10 ms');
  const closed = new PassThrough();
  const none = firstLine(closed, 60_000);
  closed.destroy();
  await expect(none).rejects.toThrow('was closed');
  const endless = new PassThrough();
  const never = firstLine(endless, 60_000);
  endless.write(Buffer.alloc(5 * 2 ** 20, 'x'));
  await expect(never).rejects.toThrow('does not end');
});

test('the place is the same for the same program on the same host', () => {
  expect(placeOfProcess()).toBe(placeOfProcess());
  expect(placeOfProcess()).toMatch(/^\d+ \d+:\d+ \d+:\d+ mnt:/);
});
