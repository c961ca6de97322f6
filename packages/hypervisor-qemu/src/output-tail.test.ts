import { expect, test } from 'vitest';
import { OutputTail } from './output-tail.ts';

test('only the last bytes and lines are kept, in order', () => {
  const tail = new OutputTail(64);
  for (let line = 0; line < 10_000; line++) tail.append(Buffer.from(`line ${line}\r\n`));
  expect(tail.lines(2)).toEqual(['line 9998', 'line 9999']);
  expect(tail.lines().length).toBeLessThanOrEqual(6);
});

test('a chunk larger than the tail, a long line and broken UTF-8 are cut', () => {
  const tail = new OutputTail(2000);
  tail.append(Buffer.alloc(1_000_000, 'x'));
  tail.append(Buffer.from([0xff, 0x0a]));
  const [line = ''] = tail.lines();
  expect(line.length).toBeLessThan(410);
});

test('nothing printed is no line', () => {
  expect(new OutputTail().lines()).toEqual([]);
});
