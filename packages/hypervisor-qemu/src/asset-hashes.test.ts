import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkAssetHashes } from './asset-hashes.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-hash-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

test('files are compared with their hashes, and every one that differs is named', async () => {
  const kernel = join(dir, 'kernel');
  const image = join(dir, 'image');
  writeFileSync(kernel, 'kernel');
  writeFileSync(image, 'image');
  const { hypervisor } = defaultRuntimeConfig({ kernel });
  const right = createHash('sha512').update('kernel').digest('hex');
  const config = { ...hypervisor, image, initrd: '', firmware: join(dir, 'absent') };
  expect(
    await checkAssetHashes({ hypervisor: config, assetHashes: { kernel: right.toUpperCase() } }),
  ).toEqual([]);
  expect(
    await checkAssetHashes({
      hypervisor: config,
      assetHashes: { kernel: right, image: right, initrd: right, firmware: right },
    }),
  ).toMatchObject([
    {
      field: 'hypervisor.qemu.image',
      value: image,
      rule: expect.stringContaining(`must have the SHA-512 ${right}`),
    },
    { field: 'hypervisor.qemu.initrd', rule: 'has a hash but names no file' },
    { field: 'hypervisor.qemu.firmware', rule: expect.stringMatching(/cannot be read.*ENOENT/) },
  ]);
});
