import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeProgram } from './encode-program.ts';
import type { Step } from './step.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'syscalls-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function run(steps: readonly Step[], options = {}) {
  const path = join(dir, 'program');
  writeFileSync(path, encodeProgram(steps, options));
  chmodSync(path, 0o755);
  return spawnSync(path, { encoding: 'utf8', env: {}, timeout: 10_000 });
}

test('strings, numbers and bytes reach the kernel', () => {
  const { status, stdout } = run([
    { call: 'write', args: [1, 'text ', 5] },
    { call: 'write', args: [1, Uint8Array.from([104, 97, 107, 111]), 4] },
  ]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'text hako' });
});

test('all six arguments are in their registers', () => {
  // clone(CLONE_CHILD_SETTID | CLONE_PARENT_SETTID | SIGCHLD, 0, &tid, ...) uses rdx and r10; the child exits 7.
  const { status, stdout } = run([
    { variable: 'parent', bytes: 8 },
    { variable: 'status', bytes: 8 },
    { call: 'clone', args: [0x00100000 + 17, 0, { address: 'parent' }, 0, 0, 0], result: 'pid' },
    { ifEqual: [{ value: 'pid' }, 0], goto: 'child' },
    { call: 'wait4', args: [{ value: 'pid' }, { address: 'status' }, 0, 0] },
    { ifEqual: [{ value: 'status' }, 0x0700], goto: 'as-expected' },
    { call: 'exit', args: [1] },
    { label: 'as-expected' },
    { ifEqual: [{ value: 'parent' }, { value: 'pid' }], goto: 'same' },
    { call: 'exit', args: [2] },
    { label: 'same' },
    { call: 'write', args: [1, 'parent', 6] },
    { call: 'exit', args: [0] },
    { label: 'child' },
    { call: 'exit', args: [7] },
  ]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'parent' });
});

test('descriptors of a pipe are read as four-byte values at an offset', () => {
  const { stdout } = run([
    { variable: 'pipe', bytes: 8 },
    { variable: 'buffer', bytes: 8 },
    { call: 'pipe2', args: [{ address: 'pipe' }, 0] },
    { call: 'write', args: [{ value: 'pipe', offset: 4, size: 4 }, 'through', 7] },
    { call: 'read', args: [{ value: 'pipe', size: 4 }, { address: 'buffer' }, 8], result: 'count' },
    { call: 'write', args: [1, { address: 'buffer' }, { value: 'count' }] },
  ]);
  expect(stdout).toBe('through');
});

test('argv and envp are handed over', () => {
  const { stdout } = run([
    {
      call: 'execve',
      args: [
        '/bin/sh',
        { strings: ['sh', '-c', 'echo "$WHO $1"', 'x', 'argument'] },
        { strings: ['WHO=hako'] },
      ],
    },
  ]);
  expect(stdout).toBe('hako argument\n');
});

test("the program's own arguments are handed on", () => {
  const path = join(dir, 'program');
  const steps: Step[] = [
    { call: 'execve', args: ['/bin/sh', { own: 'arguments' }, { strings: ['WHO=hako'] }] },
  ];
  writeFileSync(path, encodeProgram(steps), { mode: 0o755 });
  const { stdout } = spawnSync(path, ['-c', 'echo "$WHO $1"', 'x', 'argument'], { encoding: 'utf8' });
  expect(stdout).toBe('hako argument\n');
});

test('a failed call ends the program with its errno and says which it was', () => {
  const result = run([{ call: 'chdir', args: ['/does/not/exist'], what: 'enter the root' }], {
    name: 'stage 1: ',
  });
  expect(result).toMatchObject({ status: 2, stderr: 'stage 1: enter the root: errno 002\n' });
});

test('failures can be ignored, or lead to another place', () => {
  const { status, stdout } = run([
    { call: 'rmdir', args: ['/does/not/exist'], onError: 'ignore' },
    { call: 'rmdir', args: ['/does/not/exist'], onError: { goto: 'other' } },
    { call: 'exit', args: [9] },
    { label: 'other' },
    { call: 'write', args: [1, 'other', 5] },
  ]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'other' });
});

test('files are made as told', () => {
  const path = join(dir, 'out');
  run([
    { call: 'open', args: [path, 0o101, 0o600], result: 'fd' },
    { call: 'write', args: [{ value: 'fd' }, 'content', 7] },
    { call: 'close', args: [{ value: 'fd' }] },
  ]);
  expect(readFileSync(path, 'utf8')).toBe('content');
});

test('an unknown name is refused, with the step it stands in', () => {
  expect(() => encodeProgram([{ call: 'sync', args: [] }, { goto: 'nowhere' }])).toThrow(
    expect.objectContaining({ code: 'unknown-name', facts: { step: 1 }, message: 'no label nowhere' }),
  );
  expect(() => encodeProgram([{ call: 'close', args: [{ value: 'fd' }] }])).toThrow('no variable fd');
});
