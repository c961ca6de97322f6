// Generated from proto/cgroups/v2/metrics.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

export interface Metrics {
  pids?: PidsStat | undefined;
  cpu?: CPUStat | undefined;
  memory?: MemoryStat | undefined;
  rdma?: RdmaStat | undefined;
  io?: IOStat | undefined;
  hugetlb: HugeTlbStat[];
  memoryEvents?: MemoryEvents | undefined;
  network: NetworkStat[];
}
export const Metrics: MessageType<Metrics> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.Metrics', () => [
  [1, 'pids', PidsStat],
  [2, 'cpu', CPUStat],
  [4, 'memory', MemoryStat],
  [5, 'rdma', RdmaStat],
  [6, 'io', IOStat],
  [7, 'hugetlb', HugeTlbStat, 'many'],
  [8, 'memoryEvents', MemoryEvents],
  [9, 'network', NetworkStat, 'many'],
]);

/** Pressure: shares of time in per cent over 10, 60 and 300 seconds; total in microseconds. */
export interface PSIData {
  avg10: number;
  avg60: number;
  avg300: number;
  total: bigint;
}
export const PSIData: MessageType<PSIData> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.PSIData', () => [
  [1, 'avg10', 'double'],
  [2, 'avg60', 'double'],
  [3, 'avg300', 'double'],
  [4, 'total', 'uint64'],
]);

export interface PSIStats {
  some?: PSIData | undefined;
  full?: PSIData | undefined;
}
export const PSIStats: MessageType<PSIStats> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.PSIStats', () => [
  [1, 'some', PSIData],
  [2, 'full', PSIData],
]);

export interface PidsStat {
  current: bigint;
  limit: bigint;
}
export const PidsStat: MessageType<PidsStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.PidsStat', () => [
  [1, 'current', 'uint64'],
  [2, 'limit', 'uint64'],
]);

/** As in cpu.stat. */
export interface CPUStat {
  usageUsec: bigint;
  userUsec: bigint;
  systemUsec: bigint;
  nrPeriods: bigint;
  nrThrottled: bigint;
  throttledUsec: bigint;
  psi?: PSIStats | undefined;
  nrBursts: bigint;
  burstUsec: bigint;
}
export const CPUStat: MessageType<CPUStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.CPUStat', () => [
  [1, 'usageUsec', 'uint64'],
  [2, 'userUsec', 'uint64'],
  [3, 'systemUsec', 'uint64'],
  [4, 'nrPeriods', 'uint64'],
  [5, 'nrThrottled', 'uint64'],
  [6, 'throttledUsec', 'uint64'],
  [7, 'psi', PSIStats],
  [8, 'nrBursts', 'uint64'],
  [9, 'burstUsec', 'uint64'],
]);

/** As in memory.stat; usage, limits and maxima in bytes, the largest number meaning no limit. */
export interface MemoryStat {
  anon: bigint;
  file: bigint;
  kernelStack: bigint;
  slab: bigint;
  sock: bigint;
  shmem: bigint;
  fileMapped: bigint;
  fileDirty: bigint;
  fileWriteback: bigint;
  anonThp: bigint;
  inactiveAnon: bigint;
  activeAnon: bigint;
  inactiveFile: bigint;
  activeFile: bigint;
  unevictable: bigint;
  slabReclaimable: bigint;
  slabUnreclaimable: bigint;
  pgfault: bigint;
  pgmajfault: bigint;
  workingsetRefault: bigint;
  workingsetActivate: bigint;
  workingsetNodereclaim: bigint;
  pgrefill: bigint;
  pgscan: bigint;
  pgsteal: bigint;
  pgactivate: bigint;
  pgdeactivate: bigint;
  pglazyfree: bigint;
  pglazyfreed: bigint;
  thpFaultAlloc: bigint;
  thpCollapseAlloc: bigint;
  usage: bigint;
  usageLimit: bigint;
  swapUsage: bigint;
  swapLimit: bigint;
  maxUsage: bigint;
  swapMaxUsage: bigint;
  psi?: PSIStats | undefined;
  workingsetRefaultAnon: bigint;
  workingsetRefaultFile: bigint;
  workingsetActivateAnon: bigint;
  workingsetActivateFile: bigint;
}
export const MemoryStat: MessageType<MemoryStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.MemoryStat', () => [
  [1, 'anon', 'uint64'],
  [2, 'file', 'uint64'],
  [3, 'kernelStack', 'uint64'],
  [4, 'slab', 'uint64'],
  [5, 'sock', 'uint64'],
  [6, 'shmem', 'uint64'],
  [7, 'fileMapped', 'uint64'],
  [8, 'fileDirty', 'uint64'],
  [9, 'fileWriteback', 'uint64'],
  [10, 'anonThp', 'uint64'],
  [11, 'inactiveAnon', 'uint64'],
  [12, 'activeAnon', 'uint64'],
  [13, 'inactiveFile', 'uint64'],
  [14, 'activeFile', 'uint64'],
  [15, 'unevictable', 'uint64'],
  [16, 'slabReclaimable', 'uint64'],
  [17, 'slabUnreclaimable', 'uint64'],
  [18, 'pgfault', 'uint64'],
  [19, 'pgmajfault', 'uint64'],
  [20, 'workingsetRefault', 'uint64'],
  [21, 'workingsetActivate', 'uint64'],
  [22, 'workingsetNodereclaim', 'uint64'],
  [23, 'pgrefill', 'uint64'],
  [24, 'pgscan', 'uint64'],
  [25, 'pgsteal', 'uint64'],
  [26, 'pgactivate', 'uint64'],
  [27, 'pgdeactivate', 'uint64'],
  [28, 'pglazyfree', 'uint64'],
  [29, 'pglazyfreed', 'uint64'],
  [30, 'thpFaultAlloc', 'uint64'],
  [31, 'thpCollapseAlloc', 'uint64'],
  [32, 'usage', 'uint64'],
  [33, 'usageLimit', 'uint64'],
  [34, 'swapUsage', 'uint64'],
  [35, 'swapLimit', 'uint64'],
  [36, 'maxUsage', 'uint64'],
  [37, 'swapMaxUsage', 'uint64'],
  [38, 'psi', PSIStats],
  [39, 'workingsetRefaultAnon', 'uint64'],
  [40, 'workingsetRefaultFile', 'uint64'],
  [41, 'workingsetActivateAnon', 'uint64'],
  [42, 'workingsetActivateFile', 'uint64'],
]);

/** As in memory.events. */
export interface MemoryEvents {
  low: bigint;
  high: bigint;
  max: bigint;
  oom: bigint;
  oomKill: bigint;
  oomGroupKill: bigint;
}
export const MemoryEvents: MessageType<MemoryEvents> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.MemoryEvents', () => [
  [1, 'low', 'uint64'],
  [2, 'high', 'uint64'],
  [3, 'max', 'uint64'],
  [4, 'oom', 'uint64'],
  [5, 'oomKill', 'uint64'],
  [6, 'oomGroupKill', 'uint64'],
]);

export interface RdmaStat {
  current: RdmaEntry[];
  limit: RdmaEntry[];
}
export const RdmaStat: MessageType<RdmaStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.RdmaStat', () => [
  [1, 'current', RdmaEntry, 'many'],
  [2, 'limit', RdmaEntry, 'many'],
]);

export interface RdmaEntry {
  device: string;
  hcaHandles: number;
  hcaObjects: number;
}
export const RdmaEntry: MessageType<RdmaEntry> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.RdmaEntry', () => [
  [1, 'device', 'string'],
  [2, 'hcaHandles', 'uint32'],
  [3, 'hcaObjects', 'uint32'],
]);

export interface IOStat {
  usage: IOEntry[];
  psi?: PSIStats | undefined;
}
export const IOStat: MessageType<IOStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.IOStat', () => [
  [1, 'usage', IOEntry, 'many'],
  [2, 'psi', PSIStats],
]);

/** As in io.stat. */
export interface IOEntry {
  major: bigint;
  minor: bigint;
  rbytes: bigint;
  wbytes: bigint;
  rios: bigint;
  wios: bigint;
}
export const IOEntry: MessageType<IOEntry> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.IOEntry', () => [
  [1, 'major', 'uint64'],
  [2, 'minor', 'uint64'],
  [3, 'rbytes', 'uint64'],
  [4, 'wbytes', 'uint64'],
  [5, 'rios', 'uint64'],
  [6, 'wios', 'uint64'],
]);

/** Bytes, but for failcnt; pagesize as 2MB. */
export interface HugeTlbStat {
  current: bigint;
  max: bigint;
  pagesize: string;
  failcnt: bigint;
}
export const HugeTlbStat: MessageType<HugeTlbStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.HugeTlbStat', () => [
  [1, 'current', 'uint64'],
  [2, 'max', 'uint64'],
  [3, 'pagesize', 'string'],
  [4, 'failcnt', 'uint64'],
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
export const NetworkStat: MessageType<NetworkStat> = /* @__PURE__ */ messageType('io.containerd.cgroups.v2.NetworkStat', () => [
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
