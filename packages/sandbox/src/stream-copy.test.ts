import { PassThrough, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { copyOutput } from './stream-copy.ts';

/** Pieces of a guest's output, and how many were asked for. */
function output(...texts: readonly string[]) {
  const counter = { asked: 0 };
  async function* pieces() {
    for (const text of texts) {
      counter.asked += 1;
      yield Buffer.from(text);
    }
  }
  return { pieces: pieces(), counter };
}

test('output arrives whole and in order, and the sink is ended', async () => {
  const sink = new PassThrough();
  const text = sink.toArray();
  await copyOutput(output('a\0b', 'c').pieces, sink);
  expect(Buffer.concat(await text).toString()).toBe('a\0bc');
});

test('a reader that does not read stops the asking', async () => {
  const writes: Array<() => void> = [];
  const sink = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => {
      writes.push(done);
    },
  });
  const { pieces, counter } = output('1', '2', '3');
  const copying = copyOutput(pieces, sink);
  for (const asked of [1, 2, 3]) {
    await nextTurn();
    expect(counter.asked).toBe(asked);
    writes[asked - 1]?.();
  }
  await copying;
});

test('output whose reader has gone is left', async () => {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const { pieces, counter } = output('1', '2', '3');
  await copyOutput(pieces, sink);
  expect(counter.asked).toBe(1);
  expect(await pieces.next()).toEqual({ done: true, value: undefined });
});

test('output that nobody wants is read all the same', async () => {
  const { pieces, counter } = output('1', '2');
  await copyOutput(pieces, undefined);
  expect(counter.asked).toBe(2);
});

test('nobody reads what a killed process has printed: that does not keep its end from being told', async () => {
  const killed = new AbortController();
  const full = new Writable({ write: () => {}, final: () => {} });
  const copying = copyOutput(output('one', 'two').pieces, full, killed.signal, 1);
  killed.abort();
  await copying;
  expect(full.destroyed).toBe(true);
  const endless = new Writable({ write: (_chunk, _encoding, done) => done(), final: () => {} });
  await copyOutput(output('one').pieces, endless, AbortSignal.abort(), 1);
  expect(endless.destroyed).toBe(true);
});
