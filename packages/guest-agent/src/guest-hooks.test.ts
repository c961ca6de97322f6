import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withGuestHooks } from './guest-hooks.ts';

function hookFolder(files: Readonly<Record<string, number>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'hooks-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [path, mode] of Object.entries(files)) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), '');
    chmodSync(join(dir, path), mode);
  }
  return dir;
}

test('programs of the three folders follow the hooks of the spec, by name', () => {
  const dir = hookFolder({
    'prestart/2-second': 0o755,
    'prestart/1-first': 0o700,
    'prestart/readme': 0o644,
    'poststop/end': 0o755,
    'other/unknown': 0o755,
  });
  mkdirSync(join(dir, 'prestart/folder'));
  const own = { path: '/own' };
  const spec = { ociVersion: '1.0.2', hooks: { prestart: [own], startContainer: [own] } };
  const hook = (path: string, kind: string) => ({ path: join(dir, path), args: [join(dir, path), kind] });
  expect(withGuestHooks(spec, dir)).toEqual({
    ociVersion: '1.0.2',
    hooks: {
      prestart: [own, hook('prestart/1-first', 'prestart'), hook('prestart/2-second', 'prestart')],
      startContainer: [own],
      poststop: [hook('poststop/end', 'poststop')],
    },
  });
});

test('no path, no hooks; a path that is not there is said', () => {
  const spec = { ociVersion: '1.0.2' };
  expect(withGuestHooks(spec, '')).toBe(spec);
  expect(() => withGuestHooks(spec, '/nowhere')).toThrow(
    'guest_hook_path "/nowhere" is no folder in the guest',
  );
});
