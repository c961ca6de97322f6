import { expect, test } from 'vitest';
import { ConsoleOutput } from './console-output.ts';

const take = (console: ConsoleOutput, text: string) => {
  const { output, ended } = console.take(Buffer.from(text, 'latin1'));
  return [Buffer.from(output).toString('latin1'), ended];
};

test('output holds every byte; the end is told, also where pieces are cut', () => {
  const console = new ConsoleOutput();
  expect(take(console, 'one\x04\x04two\x04')).toEqual(['one\x04two', false]);
  expect(take(console, '\x04\xff')).toEqual(['\x04\xff', false]);
  expect(take(console, 'last\x04')).toEqual(['last', false]);
  expect(take(console, '\0the next shell')).toEqual(['', true]);
});
