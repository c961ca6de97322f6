// Generated from proto/oci.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

/** config.json; Version is its ociVersion. */
export interface Spec {
  Version: string;
  Process?: Process | undefined;
  Root?: Root | undefined;
  Hostname: string;
  Mounts: Mount[];
  Hooks?: Hooks | undefined;
  Annotations: Record<string, string>;
  Linux?: Linux | undefined;
  Solaris?: Solaris | undefined;
  Windows?: Windows | undefined;
}
export const Spec: MessageType<Spec> = /* @__PURE__ */ messageType('grpc.Spec', () => [
  [1, 'Version', 'string'],
  [2, 'Process', Process],
  [3, 'Root', Root],
  [4, 'Hostname', 'string'],
  [5, 'Mounts', Mount, 'many'],
  [6, 'Hooks', Hooks],
  [7, 'Annotations', 'string', 'map'],
  [8, 'Linux', Linux],
  [9, 'Solaris', Solaris],
  [10, 'Windows', Windows],
]);

/** The process of a container, or an exec. */
export interface Process {
  Terminal: boolean;
  ConsoleSize?: Box | undefined;
  User?: User | undefined;
  Args: string[];
  Env: string[];
  Cwd: string;
  Capabilities?: LinuxCapabilities | undefined;
  Rlimits: POSIXRlimit[];
  NoNewPrivileges: boolean;
  ApparmorProfile: string;
  OOMScoreAdj: bigint;
  SelinuxLabel: string;
}
export const Process: MessageType<Process> = /* @__PURE__ */ messageType('grpc.Process', () => [
  [1, 'Terminal', 'bool'],
  [2, 'ConsoleSize', Box],
  [3, 'User', User],
  [4, 'Args', 'string', 'many'],
  [5, 'Env', 'string', 'many'],
  [6, 'Cwd', 'string'],
  [7, 'Capabilities', LinuxCapabilities],
  [8, 'Rlimits', POSIXRlimit, 'many'],
  [9, 'NoNewPrivileges', 'bool'],
  [10, 'ApparmorProfile', 'string'],
  [11, 'OOMScoreAdj', 'int64'],
  [12, 'SelinuxLabel', 'string'],
]);

export interface Box {
  Height: number;
  Width: number;
}
export const Box: MessageType<Box> = /* @__PURE__ */ messageType('grpc.Box', () => [
  [1, 'Height', 'uint32'],
  [2, 'Width', 'uint32'],
]);

export interface User {
  UID: number;
  GID: number;
  AdditionalGids: number[];
  Username: string;
}
export const User: MessageType<User> = /* @__PURE__ */ messageType('grpc.User', () => [
  [1, 'UID', 'uint32'],
  [2, 'GID', 'uint32'],
  [3, 'AdditionalGids', 'uint32', 'many'],
  [4, 'Username', 'string'],
]);

export interface LinuxCapabilities {
  Bounding: string[];
  Effective: string[];
  Inheritable: string[];
  Permitted: string[];
  Ambient: string[];
}
export const LinuxCapabilities: MessageType<LinuxCapabilities> = /* @__PURE__ */ messageType('grpc.LinuxCapabilities', () => [
  [1, 'Bounding', 'string', 'many'],
  [2, 'Effective', 'string', 'many'],
  [3, 'Inheritable', 'string', 'many'],
  [4, 'Permitted', 'string', 'many'],
  [5, 'Ambient', 'string', 'many'],
]);

export interface POSIXRlimit {
  Type: string;
  Hard: bigint;
  Soft: bigint;
}
export const POSIXRlimit: MessageType<POSIXRlimit> = /* @__PURE__ */ messageType('grpc.POSIXRlimit', () => [
  [1, 'Type', 'string'],
  [2, 'Hard', 'uint64'],
  [3, 'Soft', 'uint64'],
]);

export interface Mount {
  destination: string;
  source: string;
  type: string;
  options: string[];
}
export const Mount: MessageType<Mount> = /* @__PURE__ */ messageType('grpc.Mount', () => [
  [1, 'destination', 'string'],
  [2, 'source', 'string'],
  [3, 'type', 'string'],
  [4, 'options', 'string', 'many'],
]);

export interface Root {
  Path: string;
  Readonly: boolean;
}
export const Root: MessageType<Root> = /* @__PURE__ */ messageType('grpc.Root', () => [
  [1, 'Path', 'string'],
  [2, 'Readonly', 'bool'],
]);

export interface Hooks {
  Prestart: Hook[];
  Poststart: Hook[];
  Poststop: Hook[];
  /** since 3.2.0 */
  CreateRuntime: Hook[];
  /** since 3.2.0 */
  CreateContainer: Hook[];
  /** since 3.2.0 */
  StartContainer: Hook[];
}
export const Hooks: MessageType<Hooks> = /* @__PURE__ */ messageType('grpc.Hooks', () => [
  [1, 'Prestart', Hook, 'many'],
  [2, 'Poststart', Hook, 'many'],
  [3, 'Poststop', Hook, 'many'],
  [4, 'CreateRuntime', Hook, 'many'],
  [5, 'CreateContainer', Hook, 'many'],
  [6, 'StartContainer', Hook, 'many'],
]);

export interface Hook {
  Path: string;
  Args: string[];
  Env: string[];
  Timeout: bigint;
}
export const Hook: MessageType<Hook> = /* @__PURE__ */ messageType('grpc.Hook', () => [
  [1, 'Path', 'string'],
  [2, 'Args', 'string', 'many'],
  [3, 'Env', 'string', 'many'],
  [4, 'Timeout', 'int64'],
]);

export interface Linux {
  UIDMappings: LinuxIDMapping[];
  GIDMappings: LinuxIDMapping[];
  Sysctl: Record<string, string>;
  Resources?: LinuxResources | undefined;
  CgroupsPath: string;
  Namespaces: LinuxNamespace[];
  Devices: LinuxDevice[];
  Seccomp?: LinuxSeccomp | undefined;
  RootfsPropagation: string;
  MaskedPaths: string[];
  ReadonlyPaths: string[];
  MountLabel: string;
  IntelRdt?: LinuxIntelRdt | undefined;
}
export const Linux: MessageType<Linux> = /* @__PURE__ */ messageType('grpc.Linux', () => [
  [1, 'UIDMappings', LinuxIDMapping, 'many'],
  [2, 'GIDMappings', LinuxIDMapping, 'many'],
  [3, 'Sysctl', 'string', 'map'],
  [4, 'Resources', LinuxResources],
  [5, 'CgroupsPath', 'string'],
  [6, 'Namespaces', LinuxNamespace, 'many'],
  [7, 'Devices', LinuxDevice, 'many'],
  [8, 'Seccomp', LinuxSeccomp],
  [9, 'RootfsPropagation', 'string'],
  [10, 'MaskedPaths', 'string', 'many'],
  [11, 'ReadonlyPaths', 'string', 'many'],
  [12, 'MountLabel', 'string'],
  [13, 'IntelRdt', LinuxIntelRdt],
]);

export interface Windows {
  dummy: string;
}
export const Windows: MessageType<Windows> = /* @__PURE__ */ messageType('grpc.Windows', () => [
  [1, 'dummy', 'string'],
]);

export interface Solaris {
  dummy: string;
}
export const Solaris: MessageType<Solaris> = /* @__PURE__ */ messageType('grpc.Solaris', () => [
  [1, 'dummy', 'string'],
]);

export interface LinuxIDMapping {
  HostID: number;
  ContainerID: number;
  Size: number;
}
export const LinuxIDMapping: MessageType<LinuxIDMapping> = /* @__PURE__ */ messageType('grpc.LinuxIDMapping', () => [
  [1, 'HostID', 'uint32'],
  [2, 'ContainerID', 'uint32'],
  [3, 'Size', 'uint32'],
]);

export interface LinuxNamespace {
  Type: string;
  Path: string;
}
export const LinuxNamespace: MessageType<LinuxNamespace> = /* @__PURE__ */ messageType('grpc.LinuxNamespace', () => [
  [1, 'Type', 'string'],
  [2, 'Path', 'string'],
]);

export interface LinuxDevice {
  Path: string;
  Type: string;
  Major: bigint;
  Minor: bigint;
  FileMode: number;
  UID: number;
  GID: number;
}
export const LinuxDevice: MessageType<LinuxDevice> = /* @__PURE__ */ messageType('grpc.LinuxDevice', () => [
  [1, 'Path', 'string'],
  [2, 'Type', 'string'],
  [3, 'Major', 'int64'],
  [4, 'Minor', 'int64'],
  [5, 'FileMode', 'uint32'],
  [6, 'UID', 'uint32'],
  [7, 'GID', 'uint32'],
]);

export interface LinuxResources {
  Devices: LinuxDeviceCgroup[];
  Memory?: LinuxMemory | undefined;
  CPU?: LinuxCPU | undefined;
  Pids?: LinuxPids | undefined;
  BlockIO?: LinuxBlockIO | undefined;
  HugepageLimits: LinuxHugepageLimit[];
  Network?: LinuxNetwork | undefined;
}
export const LinuxResources: MessageType<LinuxResources> = /* @__PURE__ */ messageType('grpc.LinuxResources', () => [
  [1, 'Devices', LinuxDeviceCgroup, 'many'],
  [2, 'Memory', LinuxMemory],
  [3, 'CPU', LinuxCPU],
  [4, 'Pids', LinuxPids],
  [5, 'BlockIO', LinuxBlockIO],
  [6, 'HugepageLimits', LinuxHugepageLimit, 'many'],
  [7, 'Network', LinuxNetwork],
]);

/** Bytes; 0 is no limit given, -1 is explicitly unlimited. */
export interface LinuxMemory {
  Limit: bigint;
  Reservation: bigint;
  Swap: bigint;
  Kernel: bigint;
  KernelTCP: bigint;
  Swappiness: bigint;
  DisableOOMKiller: boolean;
}
export const LinuxMemory: MessageType<LinuxMemory> = /* @__PURE__ */ messageType('grpc.LinuxMemory', () => [
  [1, 'Limit', 'int64'],
  [2, 'Reservation', 'int64'],
  [3, 'Swap', 'int64'],
  [4, 'Kernel', 'int64'],
  [5, 'KernelTCP', 'int64'],
  [6, 'Swappiness', 'uint64'],
  [7, 'DisableOOMKiller', 'bool'],
]);

/** Times in microseconds. */
export interface LinuxCPU {
  Shares: bigint;
  Quota: bigint;
  Period: bigint;
  RealtimeRuntime: bigint;
  RealtimePeriod: bigint;
  Cpus: string;
  Mems: string;
}
export const LinuxCPU: MessageType<LinuxCPU> = /* @__PURE__ */ messageType('grpc.LinuxCPU', () => [
  [1, 'Shares', 'uint64'],
  [2, 'Quota', 'int64'],
  [3, 'Period', 'uint64'],
  [4, 'RealtimeRuntime', 'int64'],
  [5, 'RealtimePeriod', 'uint64'],
  [6, 'Cpus', 'string'],
  [7, 'Mems', 'string'],
]);

export interface LinuxWeightDevice {
  Major: bigint;
  Minor: bigint;
  Weight: number;
  LeafWeight: number;
}
export const LinuxWeightDevice: MessageType<LinuxWeightDevice> = /* @__PURE__ */ messageType('grpc.LinuxWeightDevice', () => [
  [1, 'Major', 'int64'],
  [2, 'Minor', 'int64'],
  [3, 'Weight', 'uint32'],
  [4, 'LeafWeight', 'uint32'],
]);

export interface LinuxThrottleDevice {
  Major: bigint;
  Minor: bigint;
  Rate: bigint;
}
export const LinuxThrottleDevice: MessageType<LinuxThrottleDevice> = /* @__PURE__ */ messageType('grpc.LinuxThrottleDevice', () => [
  [1, 'Major', 'int64'],
  [2, 'Minor', 'int64'],
  [3, 'Rate', 'uint64'],
]);

export interface LinuxBlockIO {
  Weight: number;
  LeafWeight: number;
  WeightDevice: LinuxWeightDevice[];
  ThrottleReadBpsDevice: LinuxThrottleDevice[];
  ThrottleWriteBpsDevice: LinuxThrottleDevice[];
  ThrottleReadIOPSDevice: LinuxThrottleDevice[];
  ThrottleWriteIOPSDevice: LinuxThrottleDevice[];
}
export const LinuxBlockIO: MessageType<LinuxBlockIO> = /* @__PURE__ */ messageType('grpc.LinuxBlockIO', () => [
  [1, 'Weight', 'uint32'],
  [2, 'LeafWeight', 'uint32'],
  [3, 'WeightDevice', LinuxWeightDevice, 'many'],
  [4, 'ThrottleReadBpsDevice', LinuxThrottleDevice, 'many'],
  [5, 'ThrottleWriteBpsDevice', LinuxThrottleDevice, 'many'],
  [6, 'ThrottleReadIOPSDevice', LinuxThrottleDevice, 'many'],
  [7, 'ThrottleWriteIOPSDevice', LinuxThrottleDevice, 'many'],
]);

export interface LinuxPids {
  Limit: bigint;
}
export const LinuxPids: MessageType<LinuxPids> = /* @__PURE__ */ messageType('grpc.LinuxPids', () => [
  [1, 'Limit', 'int64'],
]);

export interface LinuxDeviceCgroup {
  Allow: boolean;
  Type: string;
  Major: bigint;
  Minor: bigint;
  Access: string;
}
export const LinuxDeviceCgroup: MessageType<LinuxDeviceCgroup> = /* @__PURE__ */ messageType('grpc.LinuxDeviceCgroup', () => [
  [1, 'Allow', 'bool'],
  [2, 'Type', 'string'],
  [3, 'Major', 'int64'],
  [4, 'Minor', 'int64'],
  [5, 'Access', 'string'],
]);

export interface LinuxNetwork {
  ClassID: number;
  Priorities: LinuxInterfacePriority[];
}
export const LinuxNetwork: MessageType<LinuxNetwork> = /* @__PURE__ */ messageType('grpc.LinuxNetwork', () => [
  [1, 'ClassID', 'uint32'],
  [2, 'Priorities', LinuxInterfacePriority, 'many'],
]);

export interface LinuxHugepageLimit {
  Pagesize: string;
  Limit: bigint;
}
export const LinuxHugepageLimit: MessageType<LinuxHugepageLimit> = /* @__PURE__ */ messageType('grpc.LinuxHugepageLimit', () => [
  [1, 'Pagesize', 'string'],
  [2, 'Limit', 'uint64'],
]);

export interface LinuxInterfacePriority {
  Name: string;
  Priority: number;
}
export const LinuxInterfacePriority: MessageType<LinuxInterfacePriority> = /* @__PURE__ */ messageType('grpc.LinuxInterfacePriority', () => [
  [1, 'Name', 'string'],
  [2, 'Priority', 'uint32'],
]);

export interface LinuxSeccomp {
  DefaultAction: string;
  Architectures: string[];
  /** since 2.1.0 */
  Flags: string[];
  /** since 2.1.0 */
  Syscalls: LinuxSyscall[];
}
export const LinuxSeccomp: MessageType<LinuxSeccomp> = /* @__PURE__ */ messageType('grpc.LinuxSeccomp', () => [
  [1, 'DefaultAction', 'string'],
  [2, 'Architectures', 'string', 'many'],
  [3, 'Flags', 'string', 'many'],
  [4, 'Syscalls', LinuxSyscall, 'many'],
]);

export interface LinuxSeccompArg {
  Index: bigint;
  Value: bigint;
  ValueTwo: bigint;
  Op: string;
}
export const LinuxSeccompArg: MessageType<LinuxSeccompArg> = /* @__PURE__ */ messageType('grpc.LinuxSeccompArg', () => [
  [1, 'Index', 'uint64'],
  [2, 'Value', 'uint64'],
  [3, 'ValueTwo', 'uint64'],
  [4, 'Op', 'string'],
]);

/** errnoret alone has presence. */
export interface LinuxSyscall {
  Names: string[];
  Action: string;
  errnoret?: number | undefined;
  /** since 2.1.0 */
  Args: LinuxSeccompArg[];
}
export const LinuxSyscall: MessageType<LinuxSyscall> = /* @__PURE__ */ messageType('grpc.LinuxSyscall', () => [
  [1, 'Names', 'string', 'many'],
  [2, 'Action', 'string'],
  [3, 'errnoret', 'uint32', 'optional'],
  [4, 'Args', LinuxSeccompArg, 'many'],
]);

export interface LinuxIntelRdt {
  L3CacheSchema: string;
}
export const LinuxIntelRdt: MessageType<LinuxIntelRdt> = /* @__PURE__ */ messageType('grpc.LinuxIntelRdt', () => [
  [1, 'L3CacheSchema', 'string'],
]);
