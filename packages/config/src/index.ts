export { type BindMount, bindMountsRule, parseBindMount } from './bind-mounts.ts';
export { completeHypervisor } from './complete-hypervisor.ts';
export { configurationSchema } from './configuration-schema.ts';
export { consistencyProblems, tomlPath } from './consistency.ts';
export { defaultRuntimeConfig, type HostPaths } from './defaults.ts';
export { type EffectiveValue, effectiveValues } from './effective.ts';
export { ConfigError, type ConfigErrorCode, type ConfigErrorFacts } from './error.ts';
export { type HypervisorLine, hypervisorKinds } from './hypervisor-kinds.ts';
export { formatKernelWords, type KernelParam, parseKernelWords } from './kernel-words.ts';
export {
  type ConfigKey,
  isEitherWay,
  isRefusal,
  type KeyAlias,
  type KeyLine,
  type KeyTable,
  noEffect,
  Rule,
  refused,
  type ValueType,
} from './key.ts';
export type { AgentConfig } from './keys/agent.ts';
export type { AllowListConfig } from './keys/allow-list.ts';
export type { FactoryConfig } from './keys/factory.ts';
export type { MemAgentConfig } from './keys/mem-agent.ts';
export type { NetmonConfig } from './keys/netmon.ts';
export type { ProxyConfig } from './keys/proxy.ts';
export type { RuntimeSettings } from './keys/runtime.ts';
export type { ShimConfig } from './keys/shim.ts';
export { addParam, formatParams, parseParams } from './params.ts';
export {
  type ConfigSource,
  type ForeignParts,
  type LoadedConfig,
  maxConfigurationLength,
  mergeConfiguration,
  type ParseConfigurationOptions,
  parseConfiguration,
  sortDropIns,
} from './parse-configuration.ts';
export { refusals } from './refusals.ts';
export { commentedConfiguration, type RenderOptions, renderConfiguration } from './render.ts';
export { type HostSize, type HypervisorSizes, resolveSizes } from './resolve.ts';
export type { HypervisorConfig, RuntimeConfig } from './runtime-config.ts';
export { type ConfigCandidate, configCandidates, dropInFolder, type SearchInput } from './search.ts';
export { configKeys, effectOf, type KeyEntry, listKeys, sectionOf } from './sections.ts';
export type { ForeignTable } from './targets.ts';
export { formatTomlValue } from './toml-value.ts';
export {
  type MachineType,
  machineTypes,
  type RootlessUser,
  readSharedMount,
  type SharedMount,
} from './values.ts';
