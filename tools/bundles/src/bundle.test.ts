import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeBusyboxRootfs, writeBundle } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('writes a configuration with the given process and root', () => {
  const bundle = writeBundle(join(folder, 'b'), {
    rootfs: '/r',
    args: ['true'],
    annotations: { a: 'b' },
    extra: { hostname: 'x' },
  });
  const spec: unknown = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'));
  expect(spec).toMatchObject({
    process: { args: ['true'], terminal: false },
    root: { path: '/r', readonly: true },
    annotations: { a: 'b' },
    hostname: 'x',
  });
});

it('makes a root file system whose commands run', () => {
  const rootfs = makeBusyboxRootfs(join(folder, 'rootfs'));
  expect(execFileSync(join(rootfs, 'bin/echo'), ['hello'], { encoding: 'utf8' })).toBe('hello\n');
  expect(readFileSync(join(rootfs, 'etc/passwd'), 'utf8')).toMatch(/^root:x:0:0:/);
});
