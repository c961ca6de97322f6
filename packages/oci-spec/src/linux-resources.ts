import {
  boolean,
  type Int64,
  int64,
  list,
  matching,
  name,
  object,
  osText,
  record,
  type Shape,
  uint16,
  uint32,
  uint64,
} from '@hako/shape';

/** `linux.resources`: cgroup limits. OCI runtime specification 1.2, config-linux.md "Control groups". */
export interface LinuxResources {
  readonly devices?: readonly DeviceRule[];
  readonly memory?: LinuxMemory;
  readonly cpu?: LinuxCpu;
  readonly pids?: LinuxPids;
  readonly blockIO?: LinuxBlockIo;
  readonly hugepageLimits?: readonly HugepageLimit[];
  readonly network?: LinuxNetwork;
  /** By device name. */
  readonly rdma?: Readonly<Record<string, RdmaLimit>>;
  /** cgroup v2 files and what to write there. */
  readonly unified?: Readonly<Record<string, string>>;
}

export interface DeviceRule {
  readonly allow: boolean;
  /** `a`, `b` or `c`. */
  readonly type?: string;
  /** -1 or absent: all. */
  readonly major?: Int64;
  readonly minor?: Int64;
  /** Some of `rwm`. */
  readonly access?: string;
}

/** Bytes, -1 for no limit, unless said otherwise. */
export interface LinuxMemory {
  readonly limit?: Int64;
  readonly reservation?: Int64;
  /** Memory plus swap. */
  readonly swap?: Int64;
  readonly kernel?: Int64;
  readonly kernelTCP?: Int64;
  /** 0 to 100 (200 in newer kernels). */
  readonly swappiness?: Int64;
  readonly disableOOMKiller?: boolean;
  readonly useHierarchy?: boolean;
  readonly checkBeforeUpdate?: boolean;
}

export interface LinuxCpu {
  /** Relative weight. */
  readonly shares?: Int64;
  /** Microseconds per period. */
  readonly quota?: Int64;
  /** Microseconds that may be saved up. */
  readonly burst?: Int64;
  /** Microseconds. */
  readonly period?: Int64;
  /** Microseconds. */
  readonly realtimeRuntime?: Int64;
  /** Microseconds. */
  readonly realtimePeriod?: Int64;
  /** CPU list such as `0-3`. */
  readonly cpus?: string;
  /** Node list such as `0`. */
  readonly mems?: string;
  /** 1 for idle scheduling. */
  readonly idle?: Int64;
}

export interface LinuxPids {
  /** Absent (since 1.3) or -1: no limit. */
  readonly limit?: Int64;
}

export interface LinuxBlockIo {
  readonly weight?: number;
  readonly leafWeight?: number;
  readonly weightDevice?: readonly WeightDevice[];
  /** Bytes per second. */
  readonly throttleReadBpsDevice?: readonly ThrottleDevice[];
  /** Bytes per second. */
  readonly throttleWriteBpsDevice?: readonly ThrottleDevice[];
  /** Operations per second. */
  readonly throttleReadIOPSDevice?: readonly ThrottleDevice[];
  /** Operations per second. */
  readonly throttleWriteIOPSDevice?: readonly ThrottleDevice[];
}

export interface WeightDevice {
  readonly major: Int64;
  readonly minor: Int64;
  readonly weight?: number;
  readonly leafWeight?: number;
}

export interface ThrottleDevice {
  readonly major: Int64;
  readonly minor: Int64;
  readonly rate: Int64;
}

export interface HugepageLimit {
  /** `2MB`, `1GB`, ... */
  readonly pageSize: string;
  /** Bytes. */
  readonly limit: Int64;
}

export interface LinuxNetwork {
  readonly classID?: number;
  readonly priorities?: readonly InterfacePriority[];
}

export interface InterfacePriority {
  readonly name: string;
  readonly priority: number;
}

export interface RdmaLimit {
  readonly hcaHandles?: number;
  readonly hcaObjects?: number;
}

const pageSize = matching('[1-9][0-9]*[KMG]B', 'must be a size such as 2MB or 1GB');
const deviceRule = object<DeviceRule>(
  { allow: boolean, type: osText, major: int64, minor: int64, access: osText },
  { allow: true },
);
const throttle = list(
  object<ThrottleDevice>(
    { major: int64, minor: int64, rate: uint64 },
    { major: true, minor: true, rate: true },
  ),
);

export const linuxResourcesShape: Shape<LinuxResources> = object<LinuxResources>(
  {
    devices: list(deviceRule),
    memory: object<LinuxMemory>(
      {
        limit: int64,
        reservation: int64,
        swap: int64,
        kernel: int64,
        kernelTCP: int64,
        swappiness: uint64,
        disableOOMKiller: boolean,
        useHierarchy: boolean,
        checkBeforeUpdate: boolean,
      },
      {},
    ),
    cpu: object<LinuxCpu>(
      {
        shares: uint64,
        quota: int64,
        burst: uint64,
        period: uint64,
        realtimeRuntime: int64,
        realtimePeriod: uint64,
        cpus: osText,
        mems: osText,
        idle: int64,
      },
      {},
    ),
    pids: object<LinuxPids>({ limit: int64 }, {}),
    blockIO: object<LinuxBlockIo>(
      {
        weight: uint16,
        leafWeight: uint16,
        weightDevice: list(
          object<WeightDevice>(
            { major: int64, minor: int64, weight: uint16, leafWeight: uint16 },
            { major: true, minor: true },
          ),
        ),
        throttleReadBpsDevice: throttle,
        throttleWriteBpsDevice: throttle,
        throttleReadIOPSDevice: throttle,
        throttleWriteIOPSDevice: throttle,
      },
      {},
    ),
    hugepageLimits: list(object<HugepageLimit>({ pageSize, limit: uint64 }, { pageSize: true, limit: true })),
    network: object<LinuxNetwork>(
      {
        classID: uint32,
        priorities: list(
          object<InterfacePriority>({ name, priority: uint32 }, { name: true, priority: true }),
        ),
      },
      {},
    ),
    rdma: record(object<RdmaLimit>({ hcaHandles: uint32, hcaObjects: uint32 }, {})),
    unified: record(osText),
  },
  {},
);
