import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { LateStream } from './late-stream.ts';

/** A stream is made in the next turn. */
const asked = () => new Promise((resolve) => process.nextTick(resolve));

test('what is written before there is a connection goes over it, and its bytes and its end come back', async () => {
  const [near, far] = duplexPair();
  let connect = (): void => {};
  const stream = new LateStream(
    () =>
      new Promise((resolve) => {
        connect = () => resolve(near);
      }),
  );
  stream.write('early');
  await asked();
  connect();
  const [heard] = (await once(far, 'data')) as [Buffer];
  expect(String(heard)).toBe('early');
  far.end('answer');
  let said = '';
  for await (const chunk of stream) said += String(chunk);
  expect(said).toBe('answer');
});

test('destroyed before there is a connection, it ends the wait', async () => {
  let given: AbortSignal | undefined;
  const stream = new LateStream((signal) => {
    given = signal;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('ended'))));
  });
  await asked();
  const closed = once(stream, 'close');
  stream.destroy();
  await closed;
  expect(given?.aborted).toBe(true);
});

test('a connection that cannot be is the stream’s error', async () => {
  const stream = new LateStream(() => Promise.reject(new Error('no such machine')));
  const [error] = (await once(stream, 'error')) as [Error];
  expect(error.message).toBe('no such machine');
});
