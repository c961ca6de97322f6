import type { OverrideFamily } from '@hako/annotations';
import type { RuntimeConfig } from '@hako/config';
import { bundleOverrides } from './bundle-overrides.ts';
import { runtimeRules } from './rules.ts';
import { runtimeOverrides } from './runtime-overrides.ts';

export {
  type ContainerOverrides,
  containerFamily,
  type WithContainerOverrides,
} from './container-overrides.ts';

export {
  addFeature,
  type ExperimentalFeature,
  findFeature,
  knownFeatures,
} from './experimental-features.ts';
export { networkModel } from './runtime-values.ts';

/** `io.katacontainers.config.runtime.*` and the keys about the bundle. */
export const runtimeFamily: OverrideFamily<RuntimeConfig> = {
  name: 'runtime',
  overrides: [...runtimeOverrides, ...bundleOverrides],
  rules: runtimeRules,
};
