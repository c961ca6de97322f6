import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holdShared, sharedPaths } from './hold-shared.ts';

test('root and mounts that lie in the share', () => {
  const spec = {
    root: { path: '/share/c1~rootfs' },
    mounts: [{ source: 'proc' }, { source: '/share/c1~3' }, { source: '/shared/x' }, {}],
  };
  expect(sharedPaths(spec, '/share')).toEqual(['/share/c1~rootfs', '/share/c1~3']);
  expect(sharedPaths({}, '/share')).toEqual([]);
});

test('files and what is not there are passed over, and nothing stays open', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hold-'));
  writeFileSync(join(folder, 'file'), '');
  const before = readdirSync('/proc/self/fd').length;
  holdShared([folder, join(folder, 'file'), join(folder, 'none')]);
  expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  rmSync(folder, { recursive: true });
});
