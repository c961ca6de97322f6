import {
  boolean,
  type Int64,
  int64,
  list,
  object,
  osText,
  record,
  type Shape,
  text,
  uint32,
} from '@hako/shape';
import { type LinuxResources, linuxResourcesShape } from './linux-resources.ts';
import { type IdMapping, idMappingShape } from './mount.ts';
import { type Seccomp, seccompShape } from './seccomp.ts';

/** `linux`: what only Linux has. OCI runtime specification 1.3, config-linux.md. */
export interface Linux {
  readonly namespaces?: readonly Namespace[];
  readonly uidMappings?: readonly IdMapping[];
  readonly gidMappings?: readonly IdMapping[];
  readonly timeOffsets?: Readonly<Record<string, TimeOffset>>;
  readonly devices?: readonly LinuxDevice[];
  /** By interface name on the host. Specification 1.3. */
  readonly netDevices?: Readonly<Record<string, NetDevice>>;
  readonly cgroupsPath?: string;
  readonly resources?: LinuxResources;
  readonly intelRdt?: IntelRdt;
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly seccomp?: Seccomp;
  readonly rootfsPropagation?: string;
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  readonly mountLabel?: string;
  readonly personality?: Personality;
  /** Specification 1.3. */
  readonly memoryPolicy?: MemoryPolicy;
}

export interface Namespace {
  /** `pid`, `network`, `mount`, `ipc`, `uts`, `user`, `cgroup` or `time`. */
  readonly type: string;
  /** Namespace to join; absent: a new one. */
  readonly path?: string;
}

export interface TimeOffset {
  readonly secs?: Int64;
  readonly nanosecs?: number;
}

export interface LinuxDevice {
  /** `c`, `b`, `u` or `p`. */
  readonly type: string;
  /** Path in the container. */
  readonly path: string;
  readonly major?: Int64;
  readonly minor?: Int64;
  readonly fileMode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface NetDevice {
  /** Name in the container. Default: the same. */
  readonly name?: string;
}

export interface IntelRdt {
  readonly closID?: string;
  readonly schemata?: readonly string[];
  readonly l3CacheSchema?: string;
  readonly memBwSchema?: string;
  readonly enableMonitoring?: boolean;
  readonly enableCMT?: boolean;
  readonly enableMBM?: boolean;
}

export interface Personality {
  /** `LINUX` or `LINUX32`. */
  readonly domain: string;
  readonly flags?: readonly string[];
}

/** NUMA policy of set_mempolicy(2). */
export interface MemoryPolicy {
  /** `MPOL_DEFAULT`, `MPOL_BIND`, ... */
  readonly mode: string;
  /** Node list such as `0-1`. */
  readonly nodes?: string;
  readonly flags?: readonly string[];
}

/** Device type and path are checked where devices are translated, with the reference's order of rules. */
export const linuxDeviceShape: Shape<LinuxDevice> = object<LinuxDevice>(
  { type: text, path: osText, major: int64, minor: int64, fileMode: uint32, uid: uint32, gid: uint32 },
  { type: true, path: true },
);

export const linuxShape: Shape<Linux> = object<Linux>(
  {
    namespaces: list(object<Namespace>({ type: osText, path: osText }, { type: true })),
    uidMappings: list(idMappingShape),
    gidMappings: list(idMappingShape),
    timeOffsets: record(object<TimeOffset>({ secs: int64, nanosecs: uint32 }, {})),
    devices: list(linuxDeviceShape),
    netDevices: record(object<NetDevice>({ name: osText }, {})),
    cgroupsPath: osText,
    resources: linuxResourcesShape,
    intelRdt: object<IntelRdt>(
      {
        closID: osText,
        schemata: list(osText),
        l3CacheSchema: osText,
        memBwSchema: osText,
        enableMonitoring: boolean,
        enableCMT: boolean,
        enableMBM: boolean,
      },
      {},
    ),
    sysctl: record(osText),
    seccomp: seccompShape,
    rootfsPropagation: osText,
    maskedPaths: list(osText),
    readonlyPaths: list(osText),
    mountLabel: osText,
    personality: object<Personality>({ domain: osText, flags: list(osText) }, { domain: true }),
    memoryPolicy: object<MemoryPolicy>({ mode: osText, nodes: osText, flags: list(osText) }, { mode: true }),
  },
  {},
);
