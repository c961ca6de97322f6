import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bindAcross } from './bind-across.ts';
import type { Libc } from './libc.ts';

const opened = (): number => readdirSync('/proc/self/fd').length;
const self = { pid: process.pid, fd: 0 };

function scripted(results: readonly number[]) {
  const calls: string[] = [];
  const answer = (call: string): number => results[calls.push(call) - 1] ?? 0;
  const libc = {
    setns: (_fd: number, type: number) => answer(`setns ${type}`),
    openTree: () => answer('openTree'),
    moveMount: () => answer('moveMount'),
  };
  return { libc: libc as unknown as Libc, calls };
}

test.each([
  ['the namespace cannot be joined', [-1], ['setns', 'setns']],
  ['there is nothing to copy', [0, -22], ['setns', 'openTree', 'setns']],
])('where %s the agent is at home again, and nothing stays open', (_name, results, expected) => {
  const { libc, calls } = scripted(results);
  const before = opened();
  expect(() => bindAcross(libc, self, self)).toThrow(/failed: errno (1|22)/);
  expect(calls.map((call) => call.split(' ')[0])).toEqual(expected);
  expect(opened()).toBe(before);
});

test('a process that has ended is an error before anything is joined', () => {
  const { libc, calls } = scripted([]);
  expect(() => bindAcross(libc, self, { pid: 2 ** 22 + 1, fd: 0 })).toThrow('ENOENT');
  expect(calls).toEqual([]);
});
