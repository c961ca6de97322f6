import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { memoryFile } from '@hako/posix';
import { afterEach, expect, test } from 'vitest';
import { standInProgram } from './stand-in-program.ts';

const started: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start() {
  const program = memoryFile('stand-in', standInProgram({ terminal: false }));
  const child = spawn(`/proc/${process.pid}/fd/${program}`, [], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe', 'pipe'],
  });
  closeSync(program);
  started.push(child);
  return {
    child,
    stdout: child.stdout as Readable,
    orders: child.stdio[3] as Duplex,
    signals: child.stdio[4] as Readable,
    ended: once(child, 'exit'),
  };
}

test('it lets the streams go when they were taken, and ends with the status it is told', async () => {
  const { stdout, orders, ended } = start();
  const closed = once(stdout.resume(), 'end');
  orders.write(Uint8Array.of(0));
  await closed;
  orders.write(Uint8Array.of(42));
  expect(await ended).toEqual([42, null]);
});

test('it tells of signals and lives on', async () => {
  const { child, orders, signals, ended } = start();
  const told = (async function* numbers() {
    for await (const bytes of signals as AsyncIterable<Buffer>) yield* bytes;
  })();
  // Its streams are closed only after the signals are blocked.
  orders.write(Uint8Array.of(0));
  await once((child.stdout as Readable).resume(), 'end');
  for (const [name, number] of [
    ['SIGTERM', 15],
    ['SIGWINCH', 28],
    ['SIGHUP', 1],
  ] as const) {
    child.kill(name);
    expect((await told.next()).value).toBe(number);
  }
  orders.write(Uint8Array.of(7));
  expect(await ended).toEqual([7, null]);
});

test.each([0, 1])('without a status, after %d orders, it ends with 255', async (count) => {
  const { orders, ended } = start();
  if (count > 0) orders.write(Uint8Array.of(0));
  orders.end();
  expect(await ended).toEqual([255, null]);
});
