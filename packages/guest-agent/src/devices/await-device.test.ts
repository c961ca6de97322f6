import { expect, test } from 'vitest';
import { awaitDevice } from './await-device.ts';

/** Events that the test makes. */
class Events {
  readonly listeners = new Set<() => void>();
  watchDevices(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }
  tell(): void {
    for (const listener of this.listeners) listener();
  }
}

test('what is there already is found without an event', async () => {
  const events = new Events();
  expect(await awaitDevice('disk', () => '/dev/a', events)).toBe('/dev/a');
  expect(events.listeners.size).toBe(0);
});

test('each event is a reason to look', async () => {
  const events = new Events();
  let found: string | undefined;
  const waiting = awaitDevice('disk', () => found, events);
  events.tell();
  found = '/dev/a';
  events.tell();
  expect(await waiting).toBe('/dev/a');
  expect(events.listeners.size).toBe(0);
});

test('buses are asked again when nothing is told, and what never comes is said', async () => {
  const events = new Events();
  let found: string | undefined;
  const rescan = (): void => {
    found = '/dev/late';
  };
  expect(await awaitDevice('disk', () => found, events, rescan, 20)).toBe('/dev/late');
  await expect(
    awaitDevice(
      'disk "02/01"',
      () => undefined,
      events,
      () => {},
      20,
    ),
  ).rejects.toMatchObject({
    code: 'not-found',
    message: 'disk "02/01" did not appear within 0.02 s',
  });
  expect(events.listeners.size).toBe(0);
});

test('a machine has its own patience', async () => {
  const events = Object.assign(new Events(), { deviceTimeoutMs: 30 });
  await expect(awaitDevice('disk', () => undefined, events)).rejects.toThrow(
    'disk did not appear within 0.03 s',
  );
});

test('an address that is none ends the wait at once', async () => {
  const events = new Events();
  const find = (): never => {
    throw new Error('no address');
  };
  await expect(awaitDevice('disk', find, events)).rejects.toThrow('no address');
  expect(events.listeners.size).toBe(0);
});
