import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTree, writeCpio } from './cpio.ts';

test('cpio lists and reads what was written', () => {
  const archive = writeCpio([
    { path: 'dev', directory: true },
    { path: 'init', content: Buffer.from('#!x'), mode: 0o755 },
    { path: 'empty', content: new Uint8Array() },
    { path: 'link', link: 'init' },
  ]);
  const list = spawnSync('cpio', ['-itv', '--numeric-uid-gid'], { input: archive, encoding: 'utf8' });
  expect(list.status).toBe(0);
  const rows = list.stdout.trim().split('\n');
  expect(rows.map((row) => [row.slice(0, 10), row.split(/\s+/).at(-1)])).toEqual([
    ['drwxr-xr-x', 'dev'],
    ['-rwxr-xr-x', 'init'],
    ['-rw-r--r--', 'empty'],
    ['lrwxrwxrwx', 'init'],
  ]);
  const content = spawnSync('cpio', ['-i', '--to-stdout', 'init'], { input: archive, encoding: 'utf8' });
  expect(content.stdout).toBe('#!x');
});

test('a folder is read as entries in a fixed order, folders before what is in them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tree-'));
  try {
    mkdirSync(join(folder, 'b/a'), { recursive: true });
    writeFileSync(join(folder, 'b/a/run'), 'x', { mode: 0o755 });
    symlinkSync('b', join(folder, 'a'));
    expect(readTree(folder)).toEqual([
      { path: 'a', link: 'b' },
      { path: 'b', directory: true },
      { path: 'b/a', directory: true },
      { path: 'b/a/run', content: Buffer.from('x'), mode: 0o755 },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
