import type { OverrideFamily } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { agentFamily } from '@hako/overrides-agent';
import { assetsFamily, type WithAssetHashes } from '@hako/overrides-assets';
import { hypervisorFamily } from '@hako/overrides-hypervisor';
import { containerFamily, runtimeFamily, type WithContainerOverrides } from '@hako/overrides-runtime';

/** What the families of one translation may set. */
export type OverridableConfig = RuntimeConfig & WithAssetHashes & WithContainerOverrides;

/** Families whose keys count on the first container of a sandbox only. */
const sandboxFamilies: readonly OverrideFamily<OverridableConfig>[] = [
  assetsFamily,
  hypervisorFamily,
  runtimeFamily,
  agentFamily,
];

/** All families hako brings. */
export const defaultFamilies: readonly OverrideFamily<OverridableConfig>[] = [
  ...sandboxFamilies,
  containerFamily,
];
