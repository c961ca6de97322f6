import { expect, test } from 'vitest';
import { packAny, RuntimeOptions, TaskExit, TaskStart, unpackAny } from './index.ts';

test('an event is packed under its bare name and found again, with or without a host part', () => {
  const any = packAny(TaskStart, { containerId: 'c', pid: 7 });
  expect(any.typeUrl).toBe('containerd.events.TaskStart');
  expect(unpackAny(TaskStart, any)).toEqual({ containerId: 'c', pid: 7 });
  expect(unpackAny(TaskStart, { ...any, typeUrl: `type.googleapis.com/${any.typeUrl}` })?.pid).toBe(7);
});

test('another type, or none, is undefined; a broken message is an error', () => {
  expect(unpackAny(TaskExit, packAny(TaskStart, {}))).toBeUndefined();
  expect(unpackAny(TaskExit, undefined)).toBeUndefined();
  expect(() =>
    unpackAny(RuntimeOptions, { typeUrl: 'runtimeoptions.v1.Options', value: Uint8Array.of(10) }),
  ).toThrow(expect.objectContaining({ code: 'malformed' }));
});
