import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rawFrame } from '../test/raw-peer.ts';
import { FrameReader } from './frame-reader.ts';

interface Seen {
  readonly streamId: number;
  readonly length: number;
  readonly data?: string;
}

function readAll(chunks: readonly Uint8Array[]): Seen[] {
  const seen: Seen[] = [];
  const reader = new FrameReader({
    frame: ({ streamId, length }, data) => {
      seen.push({ streamId, length, data: Buffer.from(data).toString('hex') });
    },
    oversized: ({ streamId, length }) => {
      seen.push({ streamId, length });
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

/** Cuts bytes at the given places (taken modulo the length). */
function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return at.map((end, index) => bytes.slice(at[index - 1] ?? 0, end));
}

test('frames are found however the bytes are split', () => {
  const frame = fc.record({
    id: fc.integer({ min: 0, max: 0xffffffff }),
    data: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(
      fc.array(frame, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(({ id, data }) => rawFrame(id, 1, data)));
        expect(readAll(split(bytes, cuts))).toEqual(
          frames.map(({ id, data }) => ({
            streamId: id,
            length: data.length,
            data: Buffer.from(data).toString('hex'),
          })),
        );
      },
    ),
  );
});

test('one byte at a time', () => {
  const bytes = Buffer.concat([rawFrame(1, 1, Buffer.from('abc')), rawFrame(3, 2, Buffer.alloc(0))]);
  expect(readAll([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([
    { streamId: 1, length: 3, data: '616263' },
    { streamId: 3, length: 0, data: '' },
  ]);
});

test('the largest frame is read, one byte more is dropped and the next frame is found', () => {
  const most = 4 << 20;
  const seen = readAll([
    rawFrame(1, 1, Buffer.alloc(most)),
    rawFrame(3, 1, Buffer.alloc(most + 1)),
    rawFrame(5, 1, Buffer.from('x')),
  ]);
  expect(seen.map(({ streamId, length, data }) => [streamId, length, data?.length])).toEqual([
    [1, most, 2 * most],
    [3, most + 1, undefined],
    [5, 1, 2],
  ]);
});

test('a header that claims 4 GiB allocates nothing and is told at once', () => {
  expect(readAll([rawFrame(1, 1, Buffer.from('only this much'), 0, 0xffffffff)])).toEqual([
    { streamId: 1, length: 0xffffffff },
  ]);
});

test('garbage is read as frames and drops, never a crash', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => void readAll(chunks)));
});
