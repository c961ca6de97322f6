import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { writeCpio } from './cpio.ts';

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
