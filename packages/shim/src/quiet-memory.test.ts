import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QuietMemory } from './quiet-memory.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function recorded(): { memory: QuietMemory; done: string[] } {
  const done: string[] = [];
  const memory = new QuietMemory({
    collect: () => done.push('collect'),
    release: () => done.push('release'),
  });
  return { memory, done };
}

test('garbage goes first, then the code; once per silence', () => {
  const { memory, done } = recorded();
  memory.touch();
  vi.advanceTimersByTime(1000);
  expect(done).toEqual(['collect']);
  vi.advanceTimersByTime(60_000);
  expect(done).toEqual(['collect', 'release']);
  memory.touch();
  vi.advanceTimersByTime(60_000);
  expect(done).toEqual(['collect', 'release', 'collect', 'release']);
});

test('nothing is done while something happens, or after it was stopped', () => {
  const { memory, done } = recorded();
  for (let call = 0; call < 10; call++) {
    memory.touch();
    vi.advanceTimersByTime(900);
  }
  expect(done).toEqual([]);
  memory.stop();
  vi.advanceTimersByTime(60_000);
  expect(done).toEqual([]);
});

test('nothing is done while something is held, however long it is silent', () => {
  const { memory, done } = recorded();
  const [first, second] = [memory.hold(), memory.hold()];
  memory.touch();
  first();
  vi.advanceTimersByTime(60_000);
  expect(done).toEqual([]);
  second();
  vi.advanceTimersByTime(60_000);
  expect(done).toEqual(['collect', 'release']);
});

test('what fails ends nothing', () => {
  const fail = (): never => {
    throw new Error('EMFILE');
  };
  const memory = new QuietMemory({ collect: () => {}, release: fail });
  memory.touch();
  expect(() => vi.advanceTimersByTime(60_000)).not.toThrow();
});
