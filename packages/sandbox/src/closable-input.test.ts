import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { closableInput } from './closable-input.ts';

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts).toString();
}

test('ends with the stream', async () => {
  const source = new PassThrough();
  source.end('all');
  expect(await textOf(closableInput(source, new AbortController().signal))).toBe('all');
  expect(await textOf(closableInput([Buffer.from('a'), Buffer.from('b')], AbortSignal.abort()))).toBe('ab');
});

test('ends when it is asked to, after what was written before', async () => {
  const source = new PassThrough();
  const closing = new AbortController();
  source.write('written ');
  const read = textOf(closableInput(source, closing.signal));
  source.write('before');
  closing.abort();
  expect(await read).toBe('written before');
});

test('a stream that fails fails here', async () => {
  const source = new PassThrough();
  const read = textOf(closableInput(source, new AbortController().signal));
  source.destroy(new Error('hung up'));
  await expect(read).rejects.toThrow('hung up');
});
