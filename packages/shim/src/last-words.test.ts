import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { leaveLastWords } from './last-words.ts';

function watched(destroy: () => Promise<void> | undefined) {
  const lines: string[] = [];
  const { promise: exited, resolve } = Promise.withResolvers<number>();
  const exit = (status: number): void => {
    ending.emit('exit', status);
    resolve(status);
  };
  const ending = Object.assign(new EventEmitter(), { exit });
  leaveLastWords((level, message) => lines.push(`${level} ${message.split('\n')[0]}`), destroy, ending);
  return { ending, lines, exited };
}

test('an error that nobody caught is said, and the machine goes with the shim', async () => {
  let destroyed = 0;
  const { ending, lines, exited } = watched(async () => {
    destroyed += 1;
  });
  ending.emit('unhandledRejection', new Error('lost'));
  expect(await exited).toBe(1);
  expect(destroyed).toBe(1);
  expect(lines).toEqual(['error unhandledRejection: Error: lost', 'info shim ends with status 1']);
});

test('a signal, and a sandbox that cannot be ended', async () => {
  const { ending, lines, exited } = watched(() => Promise.reject(new Error('stuck')));
  ending.emit('SIGTERM');
  expect(await exited).toBe(1);
  expect(lines).toEqual([
    'info shim got SIGTERM',
    'error the sandbox could not be ended: Error: stuck',
    'info shim ends with status 1',
  ]);
});

test('what goes wrong while it ends does not keep it', async () => {
  const { ending, lines, exited } = watched(() => new Promise(() => {}));
  ending.emit('uncaughtException', new Error('first'));
  ending.emit('uncaughtException', 'second');
  expect(await exited).toBe(1);
  expect(lines).toContain('error uncaughtException: second');
});

test('without a sandbox it ends all the same', async () => {
  const { ending, exited } = watched(() => undefined);
  ending.emit('SIGINT');
  expect(await exited).toBe(1);
});
