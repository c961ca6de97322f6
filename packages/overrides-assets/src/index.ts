import type { OverrideFamily } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import type { WithAssetHashes } from './asset-hashes.ts';
import { fileOverrides } from './file-overrides.ts';
import { hashOverrides } from './hash-overrides.ts';
import { assetRules } from './rules.ts';

export { type AssetHashes, assetAnnotations, type WithAssetHashes } from './asset-hashes.ts';

/** Keys that choose the files a VM is made of, and the hashes they must have. */
export const assetsFamily: OverrideFamily<RuntimeConfig & WithAssetHashes> = {
  name: 'assets',
  overrides: [...fileOverrides, ...hashOverrides],
  rules: assetRules,
};
