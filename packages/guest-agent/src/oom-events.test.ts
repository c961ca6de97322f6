import { expect, test } from 'vitest';
import { OomEvents } from './oom-events.ts';

const never = new AbortController().signal;

test('each event is told once, in order, to who asks first', async () => {
  const events = new OomEvents();
  events.push('a');
  const [first, second, third] = [events.next(never), events.next(never), events.next(never)];
  events.push('b');
  events.push('c');
  expect(await Promise.all([first, second, third])).toEqual(['a', 'b', 'c']);
});

test('an event does not go to who has left', async () => {
  const events = new OomEvents();
  const leaving = new AbortController();
  const left = events.next(leaving.signal);
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: 'failed-precondition' });
  events.push('a');
  expect(await events.next(never)).toBe('a');
});

test('the end of the sandbox ends the wait', async () => {
  const events = new OomEvents();
  const waiting = events.next(never);
  events.end();
  await expect(waiting).rejects.toMatchObject({ code: 'failed-precondition' });
});
