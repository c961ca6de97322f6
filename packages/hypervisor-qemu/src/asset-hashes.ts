import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Problem } from '@hako/errors';
import type { AssetHashes, VmConfig } from '@hako/hypervisor';
import { hostProblem } from './value-check.ts';

const assets = {
  hypervisor: ['path', 'path'],
  kernel: ['kernel', 'kernel'],
  image: ['image', 'image'],
  initrd: ['initrd', 'initrd'],
  firmware: ['firmware', 'firmware'],
  firmwareVolume: ['firmware_volume', 'firmwareVolume'],
} as const satisfies Record<keyof AssetHashes, readonly [string, string]>;

/**
 * Compares the files of a machine with the SHA-512 that they must have. Every one that differs, cannot be read, or is not
 * configured at all, is a problem. Reads nothing when no hash is demanded.
 */
export async function checkAssetHashes({
  hypervisor,
  assetHashes = {},
}: Pick<VmConfig, 'hypervisor' | 'assetHashes'>): Promise<readonly Problem[]> {
  const found = await Promise.all(
    (Object.keys(assets) as (keyof AssetHashes)[]).map(async (asset) => {
      const expected = assetHashes[asset];
      if (expected === undefined || expected === '') return undefined;
      const [key, field] = assets[asset];
      return await checkHash(key, hypervisor[field], expected);
    }),
  );
  return found.filter((problem) => problem !== undefined);
}

async function checkHash(key: string, path: string, expected: string): Promise<Problem | undefined> {
  const fix = 'name the file that the hash is of, or correct the hash';
  if (path === '') return hostProblem(key, path, 'has a hash but names no file', fix);
  try {
    const actual = await sha512(path);
    if (actual === expected.toLowerCase()) return undefined;
    return hostProblem(key, path, `must have the SHA-512 ${expected}, but has ${actual}`, fix);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return hostProblem(key, path, `cannot be read to check its SHA-512: ${reason}`, fix);
  }
}

async function sha512(path: string): Promise<string> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
