export { CAPABILITIES } from './capabilities.ts';
export { OciSpecError, type OciSpecErrorCode, type OciSpecErrorFacts } from './error.ts';
export {
  type CgroupFeatures,
  type Features,
  featuresShape,
  type IntelRdtFeatures,
  type LinuxFeatures,
  type MountExtensions,
  type SeccompFeatures,
  type Toggle,
} from './features.ts';
export { type Hook, type Hooks, hooksShape } from './hooks.ts';
export { type ParseJsonOptions, parseJson, stringifyJson } from './json.ts';
export {
  type IntelRdt,
  type Linux,
  type LinuxDevice,
  linuxDeviceShape,
  linuxShape,
  type Namespace,
  type NetDevice,
  type Personality,
  type TimeOffset,
} from './linux.ts';
export {
  type DeviceRule,
  type HugepageLimit,
  type InterfacePriority,
  type LinuxBlockIo,
  type LinuxCpu,
  type LinuxMemory,
  type LinuxNetwork,
  type LinuxPids,
  type LinuxResources,
  linuxResourcesShape,
  type RdmaLimit,
  type ThrottleDevice,
  type WeightDevice,
} from './linux-resources.ts';
export { type IdMapping, type Mount, mountShape } from './mount.ts';
export {
  type ParseOptions,
  type ParseSpecOptions,
  parseFeatures,
  parseProcess,
  parseResources,
  parseSpec,
  parseState,
} from './parse-spec.ts';
export {
  type Capabilities,
  type ConsoleSize,
  capabilitiesShape,
  type ExecCpuAffinity,
  type IoPriority,
  type Process,
  processShape,
  type Rlimit,
  type Scheduler,
  type User,
} from './process.ts';
export { type Seccomp, type Syscall, type SyscallArg, seccompShape } from './seccomp.ts';
export { type Root, type Spec, specShape } from './spec.ts';
export { type State, stateShape } from './state.ts';
export {
  type Vm,
  type VmHardware,
  type VmHypervisor,
  type VmImage,
  type VmKernel,
  vmShape,
} from './vm.ts';
