export { bindMountProblems } from './bind-mount-problems.ts';
export { cannotApply, cannotApplyToProcess } from './cannot-apply.ts';
export { isCdiAnnotation } from './cdi/cdi-annotation.ts';
export {
  type ContainerConfigInput,
  type ContainerConfigResult,
  containerConfig,
} from './container-config.ts';
export {
  bundlePathKey,
  type ContainerType,
  configPathOf,
  containerType,
  containerTypeKey,
  recordedContainerType,
  sandboxId,
} from './container-type.ts';
export { type DeviceInfo, deviceInfo, deviceInfos } from './devices.ts';
export { type EnvVar, environment, parseEnvironment } from './environment.ts';
export { TranslateError, type TranslateErrorCode, type TranslateErrorFacts } from './error.ts';
export {
  type CommandLine,
  type ExplainedAnnotation,
  type Explanation,
  explain,
} from './explain.ts';
export type { ExplainedPart } from './explain-parts.ts';
export { defaultFamilies, type OverridableConfig } from './families.ts';
export { type FormatOptions, formatExplanation } from './format-explanation.ts';
export { agentKernelWords, kernelWords } from './kernel-words.ts';
export { type NetworkConfig, networkConfig } from './network-config.ts';
export { isAbsolute, joinPath, rootfsPath } from './paths.ts';
export { policyFromConfig } from './policy-from-config.ts';
export { requestedConfiguration } from './requested-configuration.ts';
export type { ContainerConfig, SandboxConfig } from './sandbox-config.ts';
export { defaultShmSizeBytes, type FileSystemSize, type FileSystemSizeOf, shmSize } from './shm-size.ts';
export { type ContainerStatus, ociSpec, ociState, ociStatus, stateOciVersion } from './state.ts';
export { type TranslateHost, type TranslateInput, type Translation, translate } from './translate.ts';
export { type VmSize, vmSize } from './vm-size.ts';
export { type Workload, workloadOf } from './workload.ts';
