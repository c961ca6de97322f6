import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { makeTerminalRaw, memoryFile, openPty, restoreTerminal, terminalMode } from '@hako/posix';
import { afterEach, expect, test } from 'vitest';
import { type StandInPurpose, standInProgram } from './stand-in-program.ts';

const started: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start(purpose: Partial<StandInPurpose> = {}) {
  const program = memoryFile('stand-in', standInProgram({ terminal: false, ...purpose }));
  const child = spawn(`/proc/${process.pid}/fd/${program}`, [], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
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

test('its descriptors and signals may be others, and it may say that it was left alone', async () => {
  const fds = { orders: 6, signals: 5 };
  const { child, ended } = start({ fds, signals: [1, 15], lastWords: 'left alone\n' });
  const stdio: readonly unknown[] = child.stdio;
  const [orders, signals] = [stdio[6] as Duplex, stdio[5] as Readable];
  const said = text(child.stderr as Readable);
  orders.write(Uint8Array.of(0));
  await once((child.stdout as Readable).resume(), 'end');
  child.kill('SIGHUP');
  expect(await once(signals, 'data')).toEqual([Buffer.of(1)]);
  orders.end();
  expect(await ended).toEqual([255, null]);
  expect(await said).toBe('left alone\n');
});

test('a lent terminal: its size counts from the start, it is lent again, and has its mode back at the end', async () => {
  const { masterFd, slavePath } = openPty();
  const slave = openSync(slavePath, constants.O_RDWR | constants.O_NOCTTY);
  const before = makeTerminalRaw(slave);
  const raw = terminalMode(slave);
  // A shell uses it as it was.
  restoreTerminal(slave, before);
  const program = memoryFile(
    'stand-in',
    standInProgram({ terminal: false, signals: [15, 18, 28], lent: { fd: 0, before, raw } }),
  );
  const child = spawn(`/proc/${process.pid}/fd/${program}`, [], {
    stdio: [slave, 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const [orders, signals] = [child.stdio[3] as Duplex, child.stdio[4] as Readable];
  const ended = once(child, 'exit');
  expect(await once(signals, 'data')).toEqual([Buffer.of(28)]);
  orders.write(Uint8Array.of(0));
  child.kill('SIGCONT');
  expect(await once(signals, 'data')).toEqual([Buffer.of(18)]);
  expect(terminalMode(slave)).toEqual(raw);
  orders.write(Uint8Array.of(5));
  expect(await ended).toEqual([5, null]);
  expect(terminalMode(slave)).toEqual(before);
  for (const fd of [program, slave, masterFd]) closeSync(fd);
});

test.each([0, 1, 2])(
  'after %d orders it becomes what is to follow, with no signal blocked',
  async (count) => {
    const successor = {
      path: '/bin/sh',
      args: [
        'follower',
        '-c',
        'echo "$0 $WORD $(grep SigBlk /proc/self/status) $(readlink /proc/self/fd/0)" >&2; exit 4',
      ],
      environment: ['WORD=word', 'PATH=/usr/bin:/bin'],
    };
    const { child, orders, ended } = start({ successor });
    const said = text(child.stderr as Readable);
    if (count > 0) orders.write(Uint8Array.of(0));
    if (count > 1) {
      await once((child.stdout as Readable).resume(), 'end');
      orders.write(Uint8Array.of(9));
    }
    orders.end();
    expect(await ended).toEqual([4, null]);
    expect(await said).toBe(`follower word SigBlk:\t0000000000000000 /dev/null\n`);
  },
);

test('a signal that it does not tell of ends it', async () => {
  const { child, orders, ended } = start({ signals: [1] });
  orders.write(Uint8Array.of(0));
  await once((child.stdout as Readable).resume(), 'end');
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
});
