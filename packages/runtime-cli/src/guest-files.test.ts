import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkGuestFiles, guestFolder, readGuestDescription } from './guest-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-guest-'));
  writeFileSync(join(folder, 'vmlinux'), 'kernel');
  const sha256 = createHash('sha256').update('kernel').digest('hex');
  const manifest = {
    architecture: process.arch,
    kernelRelease: '6.1',
    packages: [{ name: 'crun', version: '1' }],
    files: { kernel: { path: 'vmlinux', sizeBytes: 6, sha256 } },
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function problems(): Promise<readonly string[]> {
  const description = readGuestDescription(folder);
  if (description === undefined) throw new Error('no description');
  return checkGuestFiles(folder, description);
}

test('files as they were built', async () => {
  expect(guestFolder({ image: join(folder, 'x.img'), kernel: '' })).toBe(folder);
  expect(await problems()).toEqual([]);
});

test('files that were changed, cut, or are gone are named', async () => {
  writeFileSync(join(folder, 'vmlinux'), 'kernal');
  expect(await problems()).toEqual([expect.stringMatching(/vmlinux.*SHA-256/)]);
  writeFileSync(join(folder, 'vmlinux'), 'k');
  expect(await problems()).toEqual([expect.stringMatching(/has 1 bytes, built were 6/)]);
  rmSync(join(folder, 'vmlinux'));
  expect(await problems()).toEqual([expect.stringMatching(/vmlinux is missing/)]);
});

test('a folder without a manifest, or with another’s, has no description', () => {
  writeFileSync(join(folder, 'manifest.json'), '{"name":"web app"}');
  expect(readGuestDescription(folder)).toBeUndefined();
  expect(readGuestDescription('/no/such/folder')).toBeUndefined();
});
