// Generated from proto/cgroups/v1/metrics.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

export interface Metrics {
  hugetlb: HugetlbStat[];
  pids?: PidsStat | undefined;
  cpu?: CPUStat | undefined;
  memory?: MemoryStat | undefined;
  blkio?: BlkIOStat | undefined;
  rdma?: RdmaStat | undefined;
  network: NetworkStat[];
  cgroupStats?: CgroupStats | undefined;
  memoryOomControl?: MemoryOomControl | undefined;
}
export const Metrics: MessageType<Metrics> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.Metrics', () => [
  [1, 'hugetlb', HugetlbStat, 'many'],
  [2, 'pids', PidsStat],
  [3, 'cpu', CPUStat],
  [4, 'memory', MemoryStat],
  [5, 'blkio', BlkIOStat],
  [6, 'rdma', RdmaStat],
  [7, 'network', NetworkStat, 'many'],
  [8, 'cgroupStats', CgroupStats],
  [9, 'memoryOomControl', MemoryOomControl],
]);

/** Bytes, but for failcnt; pagesize as 2MB. */
export interface HugetlbStat {
  usage: bigint;
  max: bigint;
  failcnt: bigint;
  pagesize: string;
}
export const HugetlbStat: MessageType<HugetlbStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.HugetlbStat', () => [
  [1, 'usage', 'uint64'],
  [2, 'max', 'uint64'],
  [3, 'failcnt', 'uint64'],
  [4, 'pagesize', 'string'],
]);

export interface PidsStat {
  current: bigint;
  limit: bigint;
}
export const PidsStat: MessageType<PidsStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.PidsStat', () => [
  [1, 'current', 'uint64'],
  [2, 'limit', 'uint64'],
]);

export interface CPUStat {
  usage?: CPUUsage | undefined;
  throttling?: Throttle | undefined;
}
export const CPUStat: MessageType<CPUStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.CPUStat', () => [
  [1, 'usage', CPUUsage],
  [2, 'throttling', Throttle],
]);

/** Nanoseconds. */
export interface CPUUsage {
  total: bigint;
  kernel: bigint;
  user: bigint;
  perCpu: bigint[];
}
export const CPUUsage: MessageType<CPUUsage> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.CPUUsage', () => [
  [1, 'total', 'uint64'],
  [2, 'kernel', 'uint64'],
  [3, 'user', 'uint64'],
  [4, 'perCpu', 'uint64', 'many'],
]);

/** throttled_time is in nanoseconds. */
export interface Throttle {
  periods: bigint;
  throttledPeriods: bigint;
  throttledTime: bigint;
}
export const Throttle: MessageType<Throttle> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.Throttle', () => [
  [1, 'periods', 'uint64'],
  [2, 'throttledPeriods', 'uint64'],
  [3, 'throttledTime', 'uint64'],
]);

/** Bytes, as in the cgroup's memory.stat; hierarchical numbers begin with total_. */
export interface MemoryStat {
  cache: bigint;
  rss: bigint;
  rssHuge: bigint;
  mappedFile: bigint;
  dirty: bigint;
  writeback: bigint;
  pgPgIn: bigint;
  pgPgOut: bigint;
  pgFault: bigint;
  pgMajFault: bigint;
  inactiveAnon: bigint;
  activeAnon: bigint;
  inactiveFile: bigint;
  activeFile: bigint;
  unevictable: bigint;
  hierarchicalMemoryLimit: bigint;
  hierarchicalSwapLimit: bigint;
  totalCache: bigint;
  totalRss: bigint;
  totalRssHuge: bigint;
  totalMappedFile: bigint;
  totalDirty: bigint;
  totalWriteback: bigint;
  totalPgPgIn: bigint;
  totalPgPgOut: bigint;
  totalPgFault: bigint;
  totalPgMajFault: bigint;
  totalInactiveAnon: bigint;
  totalActiveAnon: bigint;
  totalInactiveFile: bigint;
  totalActiveFile: bigint;
  totalUnevictable: bigint;
  usage?: MemoryEntry | undefined;
  swap?: MemoryEntry | undefined;
  kernel?: MemoryEntry | undefined;
  kernelTcp?: MemoryEntry | undefined;
}
export const MemoryStat: MessageType<MemoryStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.MemoryStat', () => [
  [1, 'cache', 'uint64'],
  [2, 'rss', 'uint64'],
  [3, 'rssHuge', 'uint64'],
  [4, 'mappedFile', 'uint64'],
  [5, 'dirty', 'uint64'],
  [6, 'writeback', 'uint64'],
  [7, 'pgPgIn', 'uint64'],
  [8, 'pgPgOut', 'uint64'],
  [9, 'pgFault', 'uint64'],
  [10, 'pgMajFault', 'uint64'],
  [11, 'inactiveAnon', 'uint64'],
  [12, 'activeAnon', 'uint64'],
  [13, 'inactiveFile', 'uint64'],
  [14, 'activeFile', 'uint64'],
  [15, 'unevictable', 'uint64'],
  [16, 'hierarchicalMemoryLimit', 'uint64'],
  [17, 'hierarchicalSwapLimit', 'uint64'],
  [18, 'totalCache', 'uint64'],
  [19, 'totalRss', 'uint64'],
  [20, 'totalRssHuge', 'uint64'],
  [21, 'totalMappedFile', 'uint64'],
  [22, 'totalDirty', 'uint64'],
  [23, 'totalWriteback', 'uint64'],
  [24, 'totalPgPgIn', 'uint64'],
  [25, 'totalPgPgOut', 'uint64'],
  [26, 'totalPgFault', 'uint64'],
  [27, 'totalPgMajFault', 'uint64'],
  [28, 'totalInactiveAnon', 'uint64'],
  [29, 'totalActiveAnon', 'uint64'],
  [30, 'totalInactiveFile', 'uint64'],
  [31, 'totalActiveFile', 'uint64'],
  [32, 'totalUnevictable', 'uint64'],
  [33, 'usage', MemoryEntry],
  [34, 'swap', MemoryEntry],
  [35, 'kernel', MemoryEntry],
  [36, 'kernelTcp', MemoryEntry],
]);

/** Bytes, but for failcnt. */
export interface MemoryEntry {
  limit: bigint;
  usage: bigint;
  max: bigint;
  failcnt: bigint;
}
export const MemoryEntry: MessageType<MemoryEntry> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.MemoryEntry', () => [
  [1, 'limit', 'uint64'],
  [2, 'usage', 'uint64'],
  [3, 'max', 'uint64'],
  [4, 'failcnt', 'uint64'],
]);

export interface MemoryOomControl {
  oomKillDisable: bigint;
  underOom: bigint;
  oomKill: bigint;
}
export const MemoryOomControl: MessageType<MemoryOomControl> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.MemoryOomControl', () => [
  [1, 'oomKillDisable', 'uint64'],
  [2, 'underOom', 'uint64'],
  [3, 'oomKill', 'uint64'],
]);

export interface BlkIOStat {
  ioServiceBytesRecursive: BlkIOEntry[];
  ioServicedRecursive: BlkIOEntry[];
  ioQueuedRecursive: BlkIOEntry[];
  ioServiceTimeRecursive: BlkIOEntry[];
  ioWaitTimeRecursive: BlkIOEntry[];
  ioMergedRecursive: BlkIOEntry[];
  ioTimeRecursive: BlkIOEntry[];
  sectorsRecursive: BlkIOEntry[];
}
export const BlkIOStat: MessageType<BlkIOStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.BlkIOStat', () => [
  [1, 'ioServiceBytesRecursive', BlkIOEntry, 'many'],
  [2, 'ioServicedRecursive', BlkIOEntry, 'many'],
  [3, 'ioQueuedRecursive', BlkIOEntry, 'many'],
  [4, 'ioServiceTimeRecursive', BlkIOEntry, 'many'],
  [5, 'ioWaitTimeRecursive', BlkIOEntry, 'many'],
  [6, 'ioMergedRecursive', BlkIOEntry, 'many'],
  [7, 'ioTimeRecursive', BlkIOEntry, 'many'],
  [8, 'sectorsRecursive', BlkIOEntry, 'many'],
]);

/** op is Read, Write, Sync, Async, Total, or empty. */
export interface BlkIOEntry {
  op: string;
  device: string;
  major: bigint;
  minor: bigint;
  value: bigint;
}
export const BlkIOEntry: MessageType<BlkIOEntry> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.BlkIOEntry', () => [
  [1, 'op', 'string'],
  [2, 'device', 'string'],
  [3, 'major', 'uint64'],
  [4, 'minor', 'uint64'],
  [5, 'value', 'uint64'],
]);

export interface RdmaStat {
  current: RdmaEntry[];
  limit: RdmaEntry[];
}
export const RdmaStat: MessageType<RdmaStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.RdmaStat', () => [
  [1, 'current', RdmaEntry, 'many'],
  [2, 'limit', RdmaEntry, 'many'],
]);

export interface RdmaEntry {
  device: string;
  hcaHandles: number;
  hcaObjects: number;
}
export const RdmaEntry: MessageType<RdmaEntry> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.RdmaEntry', () => [
  [1, 'device', 'string'],
  [2, 'hcaHandles', 'uint32'],
  [3, 'hcaObjects', 'uint32'],
]);

export interface NetworkStat {
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
export const NetworkStat: MessageType<NetworkStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.NetworkStat', () => [
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

/** Numbers of tasks by what they do. */
export interface CgroupStats {
  nrSleeping: bigint;
  nrRunning: bigint;
  nrStopped: bigint;
  nrUninterruptible: bigint;
  nrIoWait: bigint;
}
export const CgroupStats: MessageType<CgroupStats> = /* @__PURE__ */ messageType('io.containerd.cgroups.v1.CgroupStats', () => [
  [1, 'nrSleeping', 'uint64'],
  [2, 'nrRunning', 'uint64'],
  [3, 'nrStopped', 'uint64'],
  [4, 'nrUninterruptible', 'uint64'],
  [5, 'nrIoWait', 'uint64'],
]);
