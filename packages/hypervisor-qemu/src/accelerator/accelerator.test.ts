import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emulation, parseQemuVersion } from './accelerator.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-emulation-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test.each([
  [
    'QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nCopyright (c) 2003-2022 Fabrice Bellard\n',
    [7, 2],
  ],
  ['QEMU emulator version 10.0.0\n', [10, 0]],
  ['virtiofsd version 7.2.22\n', undefined],
  ['', undefined],
])('the version in %j', (text, version) => {
  expect(parseQemuVersion(text)).toEqual(version);
});

test.each([
  ['7.2.22', 'tcg-single'],
  ['8.0.5', 'tcg-single'],
  ['8.1.0', 'tcg'],
  ['9.0.0', 'tcg'],
  ['11.1.50', 'tcg'],
])('QEMU %s emulates by %s', async (version, accelerator) => {
  const program = join(dir, 'qemu');
  writeFileSync(program, `#!/bin/sh\necho QEMU emulator version ${version}\n`);
  chmodSync(program, 0o755);
  expect(await emulation(program)).toBe(accelerator);
});

test('a program that is missing, fails or is no QEMU says nothing', async () => {
  expect(await emulation(join(dir, 'absent'))).toBe('tcg');
  for (const [name, script] of [
    ['fails', 'exit 1'],
    ['other', 'echo hello'],
  ] as const) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(dir, name), 0o755);
    expect(await emulation(join(dir, name))).toBe('tcg');
  }
});
