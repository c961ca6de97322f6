import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { entriesOfTree } from './host-tree.ts';

function tree(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tree-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  symlinkSync('folder', join(dir, '..data'));
  mkdirSync(join(dir, 'folder'));
  writeFileSync(join(dir, 'folder/file'), 'text');
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  return dir;
}
const paths = (root: string, limits = { entries: 10, bytes: 10 }) =>
  entriesOfTree(root, limits).map(({ path }) => path);

test('folders come before what is in them, links last; pipes are left out; links are not followed', () => {
  expect(paths(tree())).toEqual(['', 'folder', 'folder/file', '..data']);
});

test('a file is a tree of one', () => {
  expect(paths(join(tree(), 'folder/file'))).toEqual(['']);
});

test.each([
  ['entries', { entries: 3, bytes: 10 }],
  ['bytes', { entries: 10, bytes: 3 }],
])('too many %s are refused', (_what, limits) => {
  expect(() => paths(tree(), limits)).toThrow(
    expect.objectContaining({
      code: 'unsupported',
      message: expect.stringMatching(/shared_fs = "none" copies only/),
    }),
  );
});
