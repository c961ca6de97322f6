// Generated from proto/agent.proto by the package's generate script. Do not edit.
import { type MessageType, type MethodType, messageType } from '@hako/protobuf';
import { VolumeStatsResponse } from './csi.ts';
import { Empty } from './google/protobuf/empty.ts';
import { LinuxResources, Process, Spec } from './oci.ts';
import { ARPNeighbor, FSGroupChangePolicy, Interface, Route } from './types.ts';

/**
 * exec_id is the id of the init process, by habit equal to container_id. The three ports name passed-
 * through stdio streams; 0 means stdio by polling.
 */
export interface CreateContainerRequest {
  containerId: string;
  execId: string;
  stringUser?: StringUser | undefined;
  devices: Device[];
  storages: Storage[];
  OCI?: Spec | undefined;
  sandboxPidns: boolean;
  /** since 3.3.0 */
  sharedMounts: SharedMount[];
  /** since 3.3.0 */
  stdinPort: number;
  /** since 3.3.0 */
  stdoutPort: number;
  /** since 3.3.0 */
  stderrPort: number;
}
export const CreateContainerRequest: MessageType<CreateContainerRequest> = /* @__PURE__ */ messageType('grpc.CreateContainerRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
  [3, 'stringUser', StringUser],
  [4, 'devices', Device, 'many'],
  [5, 'storages', Storage, 'many'],
  [6, 'OCI', Spec],
  [7, 'sandboxPidns', 'bool'],
  [8, 'sharedMounts', SharedMount, 'many'],
  [9, 'stdinPort', 'uint32'],
  [10, 'stdoutPort', 'uint32'],
  [11, 'stderrPort', 'uint32'],
]);

export interface StartContainerRequest {
  containerId: string;
}
export const StartContainerRequest: MessageType<StartContainerRequest> = /* @__PURE__ */ messageType('grpc.StartContainerRequest', () => [
  [1, 'containerId', 'string'],
]);

/** timeout is in seconds; 0 waits without limit. */
export interface RemoveContainerRequest {
  containerId: string;
  timeout: number;
}
export const RemoveContainerRequest: MessageType<RemoveContainerRequest> = /* @__PURE__ */ messageType('grpc.RemoveContainerRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'timeout', 'uint32'],
]);

export interface ExecProcessRequest {
  containerId: string;
  execId: string;
  stringUser?: StringUser | undefined;
  process?: Process | undefined;
  /** since 3.3.0 */
  stdinPort: number;
  /** since 3.3.0 */
  stdoutPort: number;
  /** since 3.3.0 */
  stderrPort: number;
}
export const ExecProcessRequest: MessageType<ExecProcessRequest> = /* @__PURE__ */ messageType('grpc.ExecProcessRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
  [3, 'stringUser', StringUser],
  [4, 'process', Process],
  [5, 'stdinPort', 'uint32'],
  [6, 'stdoutPort', 'uint32'],
  [7, 'stderrPort', 'uint32'],
]);

export interface SignalProcessRequest {
  containerId: string;
  execId: string;
  signal: number;
}
export const SignalProcessRequest: MessageType<SignalProcessRequest> = /* @__PURE__ */ messageType('grpc.SignalProcessRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
  [3, 'signal', 'uint32'],
]);

export interface WaitProcessRequest {
  containerId: string;
  execId: string;
}
export const WaitProcessRequest: MessageType<WaitProcessRequest> = /* @__PURE__ */ messageType('grpc.WaitProcessRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
]);

/** status is the exit code, or 128 plus the number of the signal that ended the process. */
export interface WaitProcessResponse {
  status: number;
}
export const WaitProcessResponse: MessageType<WaitProcessResponse> = /* @__PURE__ */ messageType('grpc.WaitProcessResponse', () => [
  [1, 'status', 'int32'],
]);

export interface UpdateContainerRequest {
  containerId: string;
  resources?: LinuxResources | undefined;
}
export const UpdateContainerRequest: MessageType<UpdateContainerRequest> = /* @__PURE__ */ messageType('grpc.UpdateContainerRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'resources', LinuxResources],
]);

export interface StatsContainerRequest {
  containerId: string;
}
export const StatsContainerRequest: MessageType<StatsContainerRequest> = /* @__PURE__ */ messageType('grpc.StatsContainerRequest', () => [
  [1, 'containerId', 'string'],
]);

export interface PauseContainerRequest {
  containerId: string;
}
export const PauseContainerRequest: MessageType<PauseContainerRequest> = /* @__PURE__ */ messageType('grpc.PauseContainerRequest', () => [
  [1, 'containerId', 'string'],
]);

export interface ResumeContainerRequest {
  containerId: string;
}
export const ResumeContainerRequest: MessageType<ResumeContainerRequest> = /* @__PURE__ */ messageType('grpc.ResumeContainerRequest', () => [
  [1, 'containerId', 'string'],
]);

/** Nanoseconds. */
export interface CpuUsage {
  totalUsage: bigint;
  percpuUsage: bigint[];
  usageInKernelmode: bigint;
  usageInUsermode: bigint;
}
export const CpuUsage: MessageType<CpuUsage> = /* @__PURE__ */ messageType('grpc.CpuUsage', () => [
  [1, 'totalUsage', 'uint64'],
  [2, 'percpuUsage', 'uint64', 'many'],
  [3, 'usageInKernelmode', 'uint64'],
  [4, 'usageInUsermode', 'uint64'],
]);

/** throttled_time is in nanoseconds. */
export interface ThrottlingData {
  periods: bigint;
  throttledPeriods: bigint;
  throttledTime: bigint;
}
export const ThrottlingData: MessageType<ThrottlingData> = /* @__PURE__ */ messageType('grpc.ThrottlingData', () => [
  [1, 'periods', 'uint64'],
  [2, 'throttledPeriods', 'uint64'],
  [3, 'throttledTime', 'uint64'],
]);

export interface CpuStats {
  cpuUsage?: CpuUsage | undefined;
  throttlingData?: ThrottlingData | undefined;
}
export const CpuStats: MessageType<CpuStats> = /* @__PURE__ */ messageType('grpc.CpuStats', () => [
  [1, 'cpuUsage', CpuUsage],
  [2, 'throttlingData', ThrottlingData],
]);

export interface PidsStats {
  current: bigint;
  limit: bigint;
}
export const PidsStats: MessageType<PidsStats> = /* @__PURE__ */ messageType('grpc.PidsStats', () => [
  [1, 'current', 'uint64'],
  [2, 'limit', 'uint64'],
]);

/** Bytes, but for failcnt. */
export interface MemoryData {
  usage: bigint;
  maxUsage: bigint;
  failcnt: bigint;
  limit: bigint;
}
export const MemoryData: MessageType<MemoryData> = /* @__PURE__ */ messageType('grpc.MemoryData', () => [
  [1, 'usage', 'uint64'],
  [2, 'maxUsage', 'uint64'],
  [3, 'failcnt', 'uint64'],
  [4, 'limit', 'uint64'],
]);

/** cache is in bytes; stats holds the keys of the cgroup's memory.stat. */
export interface MemoryStats {
  cache: bigint;
  usage?: MemoryData | undefined;
  swapUsage?: MemoryData | undefined;
  kernelUsage?: MemoryData | undefined;
  useHierarchy: boolean;
  stats: Record<string, bigint>;
}
export const MemoryStats: MessageType<MemoryStats> = /* @__PURE__ */ messageType('grpc.MemoryStats', () => [
  [1, 'cache', 'uint64'],
  [2, 'usage', MemoryData],
  [3, 'swapUsage', MemoryData],
  [4, 'kernelUsage', MemoryData],
  [5, 'useHierarchy', 'bool'],
  [6, 'stats', 'uint64', 'map'],
]);

export interface BlkioStatsEntry {
  major: bigint;
  minor: bigint;
  op: string;
  value: bigint;
}
export const BlkioStatsEntry: MessageType<BlkioStatsEntry> = /* @__PURE__ */ messageType('grpc.BlkioStatsEntry', () => [
  [1, 'major', 'uint64'],
  [2, 'minor', 'uint64'],
  [3, 'op', 'string'],
  [4, 'value', 'uint64'],
]);

export interface BlkioStats {
  ioServiceBytesRecursive: BlkioStatsEntry[];
  ioServicedRecursive: BlkioStatsEntry[];
  ioQueuedRecursive: BlkioStatsEntry[];
  ioServiceTimeRecursive: BlkioStatsEntry[];
  ioWaitTimeRecursive: BlkioStatsEntry[];
  ioMergedRecursive: BlkioStatsEntry[];
  ioTimeRecursive: BlkioStatsEntry[];
  sectorsRecursive: BlkioStatsEntry[];
}
export const BlkioStats: MessageType<BlkioStats> = /* @__PURE__ */ messageType('grpc.BlkioStats', () => [
  [1, 'ioServiceBytesRecursive', BlkioStatsEntry, 'many'],
  [2, 'ioServicedRecursive', BlkioStatsEntry, 'many'],
  [3, 'ioQueuedRecursive', BlkioStatsEntry, 'many'],
  [4, 'ioServiceTimeRecursive', BlkioStatsEntry, 'many'],
  [5, 'ioWaitTimeRecursive', BlkioStatsEntry, 'many'],
  [6, 'ioMergedRecursive', BlkioStatsEntry, 'many'],
  [7, 'ioTimeRecursive', BlkioStatsEntry, 'many'],
  [8, 'sectorsRecursive', BlkioStatsEntry, 'many'],
]);

/** Bytes, but for failcnt. */
export interface HugetlbStats {
  usage: bigint;
  maxUsage: bigint;
  failcnt: bigint;
}
export const HugetlbStats: MessageType<HugetlbStats> = /* @__PURE__ */ messageType('grpc.HugetlbStats', () => [
  [1, 'usage', 'uint64'],
  [2, 'maxUsage', 'uint64'],
  [3, 'failcnt', 'uint64'],
]);

export interface CgroupStats {
  cpuStats?: CpuStats | undefined;
  memoryStats?: MemoryStats | undefined;
  pidsStats?: PidsStats | undefined;
  blkioStats?: BlkioStats | undefined;
  hugetlbStats: Record<string, HugetlbStats>;
}
export const CgroupStats: MessageType<CgroupStats> = /* @__PURE__ */ messageType('grpc.CgroupStats', () => [
  [1, 'cpuStats', CpuStats],
  [2, 'memoryStats', MemoryStats],
  [3, 'pidsStats', PidsStats],
  [4, 'blkioStats', BlkioStats],
  [5, 'hugetlbStats', HugetlbStats, 'map'],
]);

export interface NetworkStats {
  name: string;
  rxBytes: bigint;
  rxPackets: bigint;
  rxErrors: bigint;
  rxDropped: bigint;
  txBytes: bigint;
  txPackets: bigint;
  txErrors: bigint;
  txDropped: bigint;
}
export const NetworkStats: MessageType<NetworkStats> = /* @__PURE__ */ messageType('grpc.NetworkStats', () => [
  [1, 'name', 'string'],
  [2, 'rxBytes', 'uint64'],
  [3, 'rxPackets', 'uint64'],
  [4, 'rxErrors', 'uint64'],
  [5, 'rxDropped', 'uint64'],
  [6, 'txBytes', 'uint64'],
  [7, 'txPackets', 'uint64'],
  [8, 'txErrors', 'uint64'],
  [9, 'txDropped', 'uint64'],
]);

export interface StatsContainerResponse {
  cgroupStats?: CgroupStats | undefined;
  networkStats: NetworkStats[];
}
export const StatsContainerResponse: MessageType<StatsContainerResponse> = /* @__PURE__ */ messageType('grpc.StatsContainerResponse', () => [
  [1, 'cgroupStats', CgroupStats],
  [2, 'networkStats', NetworkStats, 'many'],
]);

/** Empty data closes the stream. */
export interface WriteStreamRequest {
  containerId: string;
  execId: string;
  data: Uint8Array;
}
export const WriteStreamRequest: MessageType<WriteStreamRequest> = /* @__PURE__ */ messageType('grpc.WriteStreamRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
  [3, 'data', 'bytes'],
]);

/** Bytes taken, which may be fewer than were sent. */
export interface WriteStreamResponse {
  len: number;
}
export const WriteStreamResponse: MessageType<WriteStreamResponse> = /* @__PURE__ */ messageType('grpc.WriteStreamResponse', () => [
  [1, 'len', 'uint32'],
]);

/** len is the most bytes to answer with. */
export interface ReadStreamRequest {
  containerId: string;
  execId: string;
  len: number;
}
export const ReadStreamRequest: MessageType<ReadStreamRequest> = /* @__PURE__ */ messageType('grpc.ReadStreamRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
  [3, 'len', 'uint32'],
]);

/** Empty data is the end of the stream. */
export interface ReadStreamResponse {
  data: Uint8Array;
}
export const ReadStreamResponse: MessageType<ReadStreamResponse> = /* @__PURE__ */ messageType('grpc.ReadStreamResponse', () => [
  [1, 'data', 'bytes'],
]);

export interface CloseStdinRequest {
  containerId: string;
  execId: string;
}
export const CloseStdinRequest: MessageType<CloseStdinRequest> = /* @__PURE__ */ messageType('grpc.CloseStdinRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
]);

export interface TtyWinResizeRequest {
  containerId: string;
  execId: string;
  row: number;
  column: number;
}
export const TtyWinResizeRequest: MessageType<TtyWinResizeRequest> = /* @__PURE__ */ messageType('grpc.TtyWinResizeRequest', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
  [3, 'row', 'uint32'],
  [4, 'column', 'uint32'],
]);

/** A module that the agent loads with modprobe. */
export interface KernelModule {
  name: string;
  parameters: string[];
}
export const KernelModule: MessageType<KernelModule> = /* @__PURE__ */ messageType('grpc.KernelModule', () => [
  [1, 'name', 'string'],
  [2, 'parameters', 'string', 'many'],
]);

export interface CreateSandboxRequest {
  hostname: string;
  dns: string[];
  storages: Storage[];
  sandboxPidns: boolean;
  sandboxId: string;
  guestHookPath: string;
  kernelModules: KernelModule[];
}
export const CreateSandboxRequest: MessageType<CreateSandboxRequest> = /* @__PURE__ */ messageType('grpc.CreateSandboxRequest', () => [
  [1, 'hostname', 'string'],
  [2, 'dns', 'string', 'many'],
  [3, 'storages', Storage, 'many'],
  [4, 'sandboxPidns', 'bool'],
  [5, 'sandboxId', 'string'],
  [6, 'guestHookPath', 'string'],
  [7, 'kernelModules', KernelModule, 'many'],
]);

export interface DestroySandboxRequest {}
export const DestroySandboxRequest: MessageType<DestroySandboxRequest> = /* @__PURE__ */ messageType('grpc.DestroySandboxRequest', () => []);

/** Since 3.2.0. */
export interface RemoveStaleVirtiofsShareMountsRequest {}
export const RemoveStaleVirtiofsShareMountsRequest: MessageType<RemoveStaleVirtiofsShareMountsRequest> = /* @__PURE__ */ messageType('grpc.RemoveStaleVirtiofsShareMountsRequest', () => []);

export interface Interfaces {
  Interfaces: Interface[];
}
export const Interfaces: MessageType<Interfaces> = /* @__PURE__ */ messageType('grpc.Interfaces', () => [
  [1, 'Interfaces', Interface, 'many'],
]);

export interface Routes {
  Routes: Route[];
}
export const Routes: MessageType<Routes> = /* @__PURE__ */ messageType('grpc.Routes', () => [
  [1, 'Routes', Route, 'many'],
]);

export interface UpdateInterfaceRequest {
  interface?: Interface | undefined;
}
export const UpdateInterfaceRequest: MessageType<UpdateInterfaceRequest> = /* @__PURE__ */ messageType('grpc.UpdateInterfaceRequest', () => [
  [1, 'interface', Interface],
]);

export interface UpdateRoutesRequest {
  routes?: Routes | undefined;
}
export const UpdateRoutesRequest: MessageType<UpdateRoutesRequest> = /* @__PURE__ */ messageType('grpc.UpdateRoutesRequest', () => [
  [1, 'routes', Routes],
]);

/** Since 3.2.0. */
export interface UpdateEphemeralMountsRequest {
  storages: Storage[];
}
export const UpdateEphemeralMountsRequest: MessageType<UpdateEphemeralMountsRequest> = /* @__PURE__ */ messageType('grpc.UpdateEphemeralMountsRequest', () => [
  [1, 'storages', Storage, 'many'],
]);

export interface ListInterfacesRequest {}
export const ListInterfacesRequest: MessageType<ListInterfacesRequest> = /* @__PURE__ */ messageType('grpc.ListInterfacesRequest', () => []);

export interface ListRoutesRequest {}
export const ListRoutesRequest: MessageType<ListRoutesRequest> = /* @__PURE__ */ messageType('grpc.ListRoutesRequest', () => []);

export interface ARPNeighbors {
  ARPNeighbors: ARPNeighbor[];
}
export const ARPNeighbors: MessageType<ARPNeighbors> = /* @__PURE__ */ messageType('grpc.ARPNeighbors', () => [
  [1, 'ARPNeighbors', ARPNeighbor, 'many'],
]);

export interface AddARPNeighborsRequest {
  neighbors?: ARPNeighbors | undefined;
}
export const AddARPNeighborsRequest: MessageType<AddARPNeighborsRequest> = /* @__PURE__ */ messageType('grpc.AddARPNeighborsRequest', () => [
  [1, 'neighbors', ARPNeighbors],
]);

/** Since 2.5.0. */
export interface GetIPTablesRequest {
  isIpv6: boolean;
}
export const GetIPTablesRequest: MessageType<GetIPTablesRequest> = /* @__PURE__ */ messageType('grpc.GetIPTablesRequest', () => [
  [1, 'isIpv6', 'bool'],
]);

/** Since 2.5.0. */
export interface GetIPTablesResponse {
  data: Uint8Array;
}
export const GetIPTablesResponse: MessageType<GetIPTablesResponse> = /* @__PURE__ */ messageType('grpc.GetIPTablesResponse', () => [
  [1, 'data', 'bytes'],
]);

/** Since 2.5.0. */
export interface SetIPTablesRequest {
  isIpv6: boolean;
  data: Uint8Array;
}
export const SetIPTablesRequest: MessageType<SetIPTablesRequest> = /* @__PURE__ */ messageType('grpc.SetIPTablesRequest', () => [
  [1, 'isIpv6', 'bool'],
  [2, 'data', 'bytes'],
]);

/** Since 2.5.0. */
export interface SetIPTablesResponse {
  data: Uint8Array;
}
export const SetIPTablesResponse: MessageType<SetIPTablesResponse> = /* @__PURE__ */ messageType('grpc.SetIPTablesResponse', () => [
  [1, 'data', 'bytes'],
]);

/** nb_cpus is how many CPUs to wait for; 0 checks nothing. */
export interface OnlineCPUMemRequest {
  wait: boolean;
  nbCpus: number;
  cpuOnly: boolean;
}
export const OnlineCPUMemRequest: MessageType<OnlineCPUMemRequest> = /* @__PURE__ */ messageType('grpc.OnlineCPUMemRequest', () => [
  [1, 'wait', 'bool'],
  [2, 'nbCpus', 'uint32'],
  [3, 'cpuOnly', 'bool'],
]);

/** Field 1 was never in use. */
export interface ReseedRandomDevRequest {
  data: Uint8Array;
}
export const ReseedRandomDevRequest: MessageType<ReseedRandomDevRequest> = /* @__PURE__ */ messageType('grpc.ReseedRandomDevRequest', () => [
  [2, 'data', 'bytes'],
]);

export interface AgentDetails {
  version: string;
  initDaemon: boolean;
  deviceHandlers: string[];
  storageHandlers: string[];
  supportsSeccomp: boolean;
  /** since 3.3.0 */
  extraFeatures: string[];
}
export const AgentDetails: MessageType<AgentDetails> = /* @__PURE__ */ messageType('grpc.AgentDetails', () => [
  [1, 'version', 'string'],
  [2, 'initDaemon', 'bool'],
  [3, 'deviceHandlers', 'string', 'many'],
  [4, 'storageHandlers', 'string', 'many'],
  [5, 'supportsSeccomp', 'bool'],
  [6, 'extraFeatures', 'string', 'many'],
]);

/** Which of the costly details to find out. */
export interface GuestDetailsRequest {
  memBlockSize: boolean;
  memHotplugProbe: boolean;
}
export const GuestDetailsRequest: MessageType<GuestDetailsRequest> = /* @__PURE__ */ messageType('grpc.GuestDetailsRequest', () => [
  [1, 'memBlockSize', 'bool'],
  [2, 'memHotplugProbe', 'bool'],
]);

export interface GuestDetailsResponse {
  memBlockSizeBytes: bigint;
  agentDetails?: AgentDetails | undefined;
  supportMemHotplugProbe: boolean;
}
export const GuestDetailsResponse: MessageType<GuestDetailsResponse> = /* @__PURE__ */ messageType('grpc.GuestDetailsResponse', () => [
  [1, 'memBlockSizeBytes', 'uint64'],
  [2, 'agentDetails', AgentDetails],
  [3, 'supportMemHotplugProbe', 'bool'],
]);

/** Physical addresses of the added blocks. */
export interface MemHotplugByProbeRequest {
  memHotplugProbeAddr: bigint[];
}
export const MemHotplugByProbeRequest: MessageType<MemHotplugByProbeRequest> = /* @__PURE__ */ messageType('grpc.MemHotplugByProbeRequest', () => [
  [1, 'memHotplugProbeAddr', 'uint64', 'many'],
]);

/** Seconds and microseconds since the Unix epoch. */
export interface SetGuestDateTimeRequest {
  Sec: bigint;
  Usec: bigint;
}
export const SetGuestDateTimeRequest: MessageType<SetGuestDateTimeRequest> = /* @__PURE__ */ messageType('grpc.SetGuestDateTimeRequest', () => [
  [1, 'Sec', 'int64'],
  [2, 'Usec', 'int64'],
]);

/** Group ownership of a volume. Field 1 was never in use. Since 2.5.0. */
export interface FSGroup {
  groupId: number;
  groupChangePolicy: FSGroupChangePolicy;
}
export const FSGroup: MessageType<FSGroup> = /* @__PURE__ */ messageType('grpc.FSGroup', () => [
  [2, 'groupId', 'uint32'],
  [3, 'groupChangePolicy', 'int32'],
]);

/** A mount of one container that another one sees too. Since 3.3.0. */
export interface SharedMount {
  name: string;
  srcCtr: string;
  srcPath: string;
  dstCtr: string;
  dstPath: string;
}
export const SharedMount: MessageType<SharedMount> = /* @__PURE__ */ messageType('grpc.SharedMount', () => [
  [1, 'name', 'string'],
  [2, 'srcCtr', 'string'],
  [3, 'srcPath', 'string'],
  [4, 'dstCtr', 'string'],
  [5, 'dstPath', 'string'],
]);

/** Something to mount in the guest before a container starts. driver says how source is found. */
export interface Storage {
  driver: string;
  driverOptions: string[];
  source: string;
  fstype: string;
  options: string[];
  mountPoint: string;
  /** since 2.5.0 */
  fsGroup?: FSGroup | undefined;
  /** since 3.28.0 */
  shared: boolean;
}
export const Storage: MessageType<Storage> = /* @__PURE__ */ messageType('grpc.Storage', () => [
  [1, 'driver', 'string'],
  [2, 'driverOptions', 'string', 'many'],
  [3, 'source', 'string'],
  [4, 'fstype', 'string'],
  [5, 'options', 'string', 'many'],
  [6, 'mountPoint', 'string'],
  [7, 'fsGroup', FSGroup],
  [8, 'shared', 'bool'],
]);

/** A device that was plugged into the VM for a container; type says how it is found in the guest. */
export interface Device {
  id: string;
  type: string;
  vmPath: string;
  containerPath: string;
  options: string[];
}
export const Device: MessageType<Device> = /* @__PURE__ */ messageType('grpc.Device', () => [
  [1, 'id', 'string'],
  [2, 'type', 'string'],
  [3, 'vmPath', 'string'],
  [4, 'containerPath', 'string'],
  [5, 'options', 'string', 'many'],
]);

/** A user by name, resolved inside the container's root file system. */
export interface StringUser {
  uid: string;
  gid: string;
  additionalGids: string[];
}
export const StringUser: MessageType<StringUser> = /* @__PURE__ */ messageType('grpc.StringUser', () => [
  [1, 'uid', 'string'],
  [2, 'gid', 'string'],
  [3, 'additionalGids', 'string', 'many'],
]);

/** One piece of a file: data goes to offset; the file is complete at file_size. */
export interface CopyFileRequest {
  path: string;
  fileSize: bigint;
  fileMode: number;
  dirMode: number;
  uid: number;
  gid: number;
  offset: bigint;
  data: Uint8Array;
}
export const CopyFileRequest: MessageType<CopyFileRequest> = /* @__PURE__ */ messageType('grpc.CopyFileRequest', () => [
  [1, 'path', 'string'],
  [2, 'fileSize', 'int64'],
  [3, 'fileMode', 'uint32'],
  [4, 'dirMode', 'uint32'],
  [5, 'uid', 'int32'],
  [6, 'gid', 'int32'],
  [7, 'offset', 'int64'],
  [8, 'data', 'bytes'],
]);

export interface GetOOMEventRequest {}
export const GetOOMEventRequest: MessageType<GetOOMEventRequest> = /* @__PURE__ */ messageType('grpc.GetOOMEventRequest', () => []);

export interface OOMEvent {
  containerId: string;
}
export const OOMEvent: MessageType<OOMEvent> = /* @__PURE__ */ messageType('grpc.OOMEvent', () => [
  [1, 'containerId', 'string'],
]);

/** PCIPath holds the slot numbers from the root bus to the device. Since 2.2.0. */
export interface AddSwapRequest {
  PCIPath: number[];
}
export const AddSwapRequest: MessageType<AddSwapRequest> = /* @__PURE__ */ messageType('grpc.AddSwapRequest', () => [
  [1, 'PCIPath', 'uint32', 'many'],
]);

/** Since 3.15.0. */
export interface AddSwapPathRequest {
  path: string;
}
export const AddSwapPathRequest: MessageType<AddSwapPathRequest> = /* @__PURE__ */ messageType('grpc.AddSwapPathRequest', () => [
  [1, 'path', 'string'],
]);

export interface GetMetricsRequest {}
export const GetMetricsRequest: MessageType<GetMetricsRequest> = /* @__PURE__ */ messageType('grpc.GetMetricsRequest', () => []);

export interface Metrics {
  metrics: string;
}
export const Metrics: MessageType<Metrics> = /* @__PURE__ */ messageType('grpc.Metrics', () => [
  [1, 'metrics', 'string'],
]);

/** Since 2.4.0. */
export interface VolumeStatsRequest {
  volumeGuestPath: string;
}
export const VolumeStatsRequest: MessageType<VolumeStatsRequest> = /* @__PURE__ */ messageType('grpc.VolumeStatsRequest', () => [
  [1, 'volumeGuestPath', 'string'],
]);

/** Since 2.4.0. */
export interface ResizeVolumeRequest {
  volumeGuestPath: string;
  size: bigint;
}
export const ResizeVolumeRequest: MessageType<ResizeVolumeRequest> = /* @__PURE__ */ messageType('grpc.ResizeVolumeRequest', () => [
  [1, 'volumeGuestPath', 'string'],
  [2, 'size', 'uint64'],
]);

/** Since 3.3.0. */
export interface SetPolicyRequest {
  policy: string;
}
export const SetPolicyRequest: MessageType<SetPolicyRequest> = /* @__PURE__ */ messageType('grpc.SetPolicyRequest', () => [
  [1, 'policy', 'string'],
]);

/** Since 3.29.0. */
export interface GetDiagnosticDataRequest {
  logType: string;
  containerId: string;
}
export const GetDiagnosticDataRequest: MessageType<GetDiagnosticDataRequest> = /* @__PURE__ */ messageType('grpc.GetDiagnosticDataRequest', () => [
  [1, 'logType', 'string'],
  [2, 'containerId', 'string'],
]);

/** Since 3.29.0. */
export interface GetDiagnosticDataResponse {
  data: string;
}
export const GetDiagnosticDataResponse: MessageType<GetDiagnosticDataResponse> = /* @__PURE__ */ messageType('grpc.GetDiagnosticDataResponse', () => [
  [1, 'data', 'string'],
]);

/** An absent field leaves its setting as it is. Since 3.13.0. */
export interface MemAgentMemcgConfig {
  disabled?: boolean | undefined;
  swap?: boolean | undefined;
  swappinessMax?: number | undefined;
  periodSecs?: bigint | undefined;
  periodPsiPercentLimit?: number | undefined;
  evictionPsiPercentLimit?: number | undefined;
  evictionRunAgingCountMin?: bigint | undefined;
}
export const MemAgentMemcgConfig: MessageType<MemAgentMemcgConfig> = /* @__PURE__ */ messageType('grpc.MemAgentMemcgConfig', () => [
  [1, 'disabled', 'bool', 'optional'],
  [2, 'swap', 'bool', 'optional'],
  [3, 'swappinessMax', 'uint32', 'optional'],
  [4, 'periodSecs', 'uint64', 'optional'],
  [5, 'periodPsiPercentLimit', 'uint32', 'optional'],
  [6, 'evictionPsiPercentLimit', 'uint32', 'optional'],
  [7, 'evictionRunAgingCountMin', 'uint64', 'optional'],
]);

/** An absent field leaves its setting as it is. Since 3.13.0. */
export interface MemAgentCompactConfig {
  disabled?: boolean | undefined;
  periodSecs?: bigint | undefined;
  periodPsiPercentLimit?: number | undefined;
  compactPsiPercentLimit?: number | undefined;
  compactSecMax?: bigint | undefined;
  compactOrder?: number | undefined;
  compactThreshold?: bigint | undefined;
  compactForceTimes?: bigint | undefined;
}
export const MemAgentCompactConfig: MessageType<MemAgentCompactConfig> = /* @__PURE__ */ messageType('grpc.MemAgentCompactConfig', () => [
  [1, 'disabled', 'bool', 'optional'],
  [2, 'periodSecs', 'uint64', 'optional'],
  [3, 'periodPsiPercentLimit', 'uint32', 'optional'],
  [4, 'compactPsiPercentLimit', 'uint32', 'optional'],
  [5, 'compactSecMax', 'int64', 'optional'],
  [6, 'compactOrder', 'uint32', 'optional'],
  [7, 'compactThreshold', 'uint64', 'optional'],
  [8, 'compactForceTimes', 'uint64', 'optional'],
]);

/**
 * All calls are unary. Long polls (WaitProcess, ReadStdout, ReadStderr, GetOOMEvent) answer when there
 * is something to say, so a client sends them without a timeout.
 */
export interface AgentService {
  readonly name: 'grpc.AgentService';
  readonly methods: {
    /**
     * Set the container up inside the guest: process the Device list, then mount every Storage, then
     * build the container from the OCI spec; the init process is created but not yet running the user
     * command.
     */
    readonly CreateContainer: MethodType<CreateContainerRequest, Empty>;
    /**
     * Release the init process of a created container; for a non-pause container it also arms the OOM
     * watcher.
     */
    readonly StartContainer: MethodType<StartContainerRequest, Empty>;
    /**
     * Kill whatever is left in the container, destroy it and release its mounts; timeout in seconds, 0
     * means wait without limit.
     */
    readonly RemoveContainer: MethodType<RemoveContainerRequest, Empty>;
    /** Start an extra process in a running container; exec_id names it for all later calls. */
    readonly ExecProcess: MethodType<ExecProcessRequest, Empty>;
    /**
     * Deliver a signal to one process. An empty exec_id means the whole container: the cgroup is frozen,
     * every pid is signalled, then thawed. SIGTERM to an init that has no handler for it is turned into
     * SIGKILL.
     */
    readonly SignalProcess: MethodType<SignalProcessRequest, Empty>;
    /**
     * Long poll: blocks until the process ends, then returns its exit status and reaps it. Several
     * waiters may be parked at once.
     */
    readonly WaitProcess: MethodType<WaitProcessRequest, WaitProcessResponse>;
    /** Replace the cgroup limits of a container. */
    readonly UpdateContainer: MethodType<UpdateContainerRequest, Empty>;
    /** Re-mount memory backed mounts with a new size after memory was hot-plugged. Since 3.2.0. */
    readonly UpdateEphemeralMounts: MethodType<UpdateEphemeralMountsRequest, Empty>;
    /** Cgroup and network counters of a container. */
    readonly StatsContainer: MethodType<StatsContainerRequest, StatsContainerResponse>;
    /** Freeze the container cgroup. */
    readonly PauseContainer: MethodType<PauseContainerRequest, Empty>;
    /** Thaw the container cgroup. */
    readonly ResumeContainer: MethodType<ResumeContainerRequest, Empty>;
    /** Walk the shared mounts and drop the stale ones (nydus / virtio-fs). Since 3.2.0. */
    readonly RemoveStaleVirtiofsShareMounts: MethodType<RemoveStaleVirtiofsShareMountsRequest, Empty>;
    /**
     * Fetch a piece of guest-side diagnostic text. The one known log_type is termination_log, cut to
     * 4096 bytes. Since 3.29.0.
     */
    readonly GetDiagnosticData: MethodType<GetDiagnosticDataRequest, GetDiagnosticDataResponse>;
    /** Push bytes to a process stdin (or to its pty). An empty data field closes stdin. */
    readonly WriteStdin: MethodType<WriteStreamRequest, WriteStreamResponse>;
    /**
     * Long poll read of up to len bytes; an empty data field stands for end of file. After exit the
     * agent drains for up to 500 ms.
     */
    readonly ReadStdout: MethodType<ReadStreamRequest, ReadStreamResponse>;
    /** Same for standard error; a terminal process has no separate stderr. */
    readonly ReadStderr: MethodType<ReadStreamRequest, ReadStreamResponse>;
    /** Close the stdin side of a process. */
    readonly CloseStdin: MethodType<CloseStdinRequest, Empty>;
    /** Change the pty window size. */
    readonly TtyWinResize: MethodType<TtyWinResizeRequest, Empty>;
    /**
     * Configure a NIC in the guest, found by MAC address; when devicePath is set the agent first waits
     * for that PCI device to show up.
     */
    readonly UpdateInterface: MethodType<UpdateInterfaceRequest, Interface>;
    /** Replace the guest routing table; answers with the resulting list. */
    readonly UpdateRoutes: MethodType<UpdateRoutesRequest, Routes>;
    /** List guest NICs. */
    readonly ListInterfaces: MethodType<ListInterfacesRequest, Interfaces>;
    /** List guest routes. */
    readonly ListRoutes: MethodType<ListRoutesRequest, Routes>;
    /** Add static neighbour entries. */
    readonly AddARPNeighbors: MethodType<AddARPNeighborsRequest, Empty>;
    /** Dump iptables-save text. Since 2.5.0. */
    readonly GetIPTables: MethodType<GetIPTablesRequest, GetIPTablesResponse>;
    /** Restore iptables text. Since 2.5.0. */
    readonly SetIPTables: MethodType<SetIPTablesRequest, SetIPTablesResponse>;
    /** Prometheus text of agent process and guest kernel counters. */
    readonly GetMetrics: MethodType<GetMetricsRequest, Metrics>;
    /** Tune the guest memory-reclaim helper. Since 3.13.0. */
    readonly MemAgentMemcgSet: MethodType<MemAgentMemcgConfig, Empty>;
    /** Tune the guest memory-compaction helper. Since 3.13.0. */
    readonly MemAgentCompactSet: MethodType<MemAgentCompactConfig, Empty>;
    /**
     * First call of a sandbox: host name, DNS, sandbox wide storages, kernel modules, shared namespaces,
     * guest hook directory. It wipes and re-creates the agent run directory.
     */
    readonly CreateSandbox: MethodType<CreateSandboxRequest, Empty>;
    /** Destroy everything and make the agent shut down (power off when it is init). */
    readonly DestroySandbox: MethodType<DestroySandboxRequest, Empty>;
    /**
     * Online hot-plugged CPUs (nb_cpus, 0 = do not check) and, unless cpu_only, memory blocks.
     * wait=false lets the agent answer before it is done.
     */
    readonly OnlineCPUMem: MethodType<OnlineCPUMemRequest, Empty>;
    /** Mix bytes into the guest RNG; used after a VM is cloned. */
    readonly ReseedRandomDev: MethodType<ReseedRandomDevRequest, Empty>;
    /** Memory block size, hotplug probe ability, agent version, handlers, seccomp support. */
    readonly GetGuestDetails: MethodType<GuestDetailsRequest, GuestDetailsResponse>;
    /** Announce hot-added memory through the sysfs probe file (arm64). */
    readonly MemHotplugByProbe: MethodType<MemHotplugByProbeRequest, Empty>;
    /** Set the guest clock; used after a VM is cloned. */
    readonly SetGuestDateTime: MethodType<SetGuestDateTimeRequest, Empty>;
    /**
     * Write a file (or directory, or symlink) below the guest run directory in pieces; used when no file
     * sharing exists.
     */
    readonly CopyFile: MethodType<CopyFileRequest, Empty>;
    /** Long poll; answers with the id of a container that hit OOM. */
    readonly GetOOMEvent: MethodType<GetOOMEventRequest, OOMEvent>;
    /** Turn a PCI attached block device into swap. Since 2.2.0. */
    readonly AddSwap: MethodType<AddSwapRequest, Empty>;
    /** Same, by device path. Since 3.15.0. */
    readonly AddSwapPath: MethodType<AddSwapPathRequest, Empty>;
    /** Capacity and inode use of a mounted volume. Since 2.4.0. */
    readonly GetVolumeStats: MethodType<VolumeStatsRequest, VolumeStatsResponse>;
    /** Grow the file system of a volume (declared; the 3.x agent answers unimplemented). Since 2.4.0. */
    readonly ResizeVolume: MethodType<ResizeVolumeRequest, Empty>;
    /**
     * Replace the agent policy document (only in builds with the policy feature, and only if the present
     * policy allows it). Since 3.3.0.
     */
    readonly SetPolicy: MethodType<SetPolicyRequest, Empty>;
  };
}
export const AgentService: AgentService = {
  name: 'grpc.AgentService',
  methods: {
    CreateContainer: { request: CreateContainerRequest, response: Empty },
    StartContainer: { request: StartContainerRequest, response: Empty },
    RemoveContainer: { request: RemoveContainerRequest, response: Empty },
    ExecProcess: { request: ExecProcessRequest, response: Empty },
    SignalProcess: { request: SignalProcessRequest, response: Empty },
    WaitProcess: { request: WaitProcessRequest, response: WaitProcessResponse },
    UpdateContainer: { request: UpdateContainerRequest, response: Empty },
    UpdateEphemeralMounts: { request: UpdateEphemeralMountsRequest, response: Empty },
    StatsContainer: { request: StatsContainerRequest, response: StatsContainerResponse },
    PauseContainer: { request: PauseContainerRequest, response: Empty },
    ResumeContainer: { request: ResumeContainerRequest, response: Empty },
    RemoveStaleVirtiofsShareMounts: { request: RemoveStaleVirtiofsShareMountsRequest, response: Empty },
    GetDiagnosticData: { request: GetDiagnosticDataRequest, response: GetDiagnosticDataResponse },
    WriteStdin: { request: WriteStreamRequest, response: WriteStreamResponse },
    ReadStdout: { request: ReadStreamRequest, response: ReadStreamResponse },
    ReadStderr: { request: ReadStreamRequest, response: ReadStreamResponse },
    CloseStdin: { request: CloseStdinRequest, response: Empty },
    TtyWinResize: { request: TtyWinResizeRequest, response: Empty },
    UpdateInterface: { request: UpdateInterfaceRequest, response: Interface },
    UpdateRoutes: { request: UpdateRoutesRequest, response: Routes },
    ListInterfaces: { request: ListInterfacesRequest, response: Interfaces },
    ListRoutes: { request: ListRoutesRequest, response: Routes },
    AddARPNeighbors: { request: AddARPNeighborsRequest, response: Empty },
    GetIPTables: { request: GetIPTablesRequest, response: GetIPTablesResponse },
    SetIPTables: { request: SetIPTablesRequest, response: SetIPTablesResponse },
    GetMetrics: { request: GetMetricsRequest, response: Metrics },
    MemAgentMemcgSet: { request: MemAgentMemcgConfig, response: Empty },
    MemAgentCompactSet: { request: MemAgentCompactConfig, response: Empty },
    CreateSandbox: { request: CreateSandboxRequest, response: Empty },
    DestroySandbox: { request: DestroySandboxRequest, response: Empty },
    OnlineCPUMem: { request: OnlineCPUMemRequest, response: Empty },
    ReseedRandomDev: { request: ReseedRandomDevRequest, response: Empty },
    GetGuestDetails: { request: GuestDetailsRequest, response: GuestDetailsResponse },
    MemHotplugByProbe: { request: MemHotplugByProbeRequest, response: Empty },
    SetGuestDateTime: { request: SetGuestDateTimeRequest, response: Empty },
    CopyFile: { request: CopyFileRequest, response: Empty },
    GetOOMEvent: { request: GetOOMEventRequest, response: OOMEvent },
    AddSwap: { request: AddSwapRequest, response: Empty },
    AddSwapPath: { request: AddSwapPathRequest, response: Empty },
    GetVolumeStats: { request: VolumeStatsRequest, response: VolumeStatsResponse },
    ResizeVolume: { request: ResizeVolumeRequest, response: Empty },
    SetPolicy: { request: SetPolicyRequest, response: Empty },
  },
};
