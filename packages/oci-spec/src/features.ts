import { boolean, list, object, osText, record, type Shape, text } from '@hako/shape';

/** What a runtime can do. OCI runtime specification 1.2, features.md. */
export interface Features {
  readonly ociVersionMin: string;
  readonly ociVersionMax: string;
  readonly hooks?: readonly string[];
  readonly mountOptions?: readonly string[];
  readonly linux?: LinuxFeatures;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Annotations of a spec that may have side effects outside the container. */
  readonly potentiallyUnsafeConfigAnnotations?: readonly string[];
}

export interface LinuxFeatures {
  readonly namespaces?: readonly string[];
  readonly capabilities?: readonly string[];
  readonly cgroup?: CgroupFeatures;
  readonly seccomp?: SeccompFeatures;
  readonly apparmor?: Toggle;
  readonly selinux?: Toggle;
  readonly intelRdt?: IntelRdtFeatures;
  readonly mountExtensions?: MountExtensions;
  readonly netDevices?: Toggle;
  readonly memoryPolicy?: unknown;
}

export interface CgroupFeatures {
  readonly v1?: boolean;
  readonly v2?: boolean;
  readonly systemd?: boolean;
  readonly systemdUser?: boolean;
  readonly rdma?: boolean;
}

export interface SeccompFeatures {
  readonly enabled?: boolean;
  readonly actions?: readonly string[];
  readonly operators?: readonly string[];
  readonly archs?: readonly string[];
  readonly knownFlags?: readonly string[];
  readonly supportedFlags?: readonly string[];
}

/** Absent: unknown. */
export interface Toggle {
  readonly enabled?: boolean;
}

export interface IntelRdtFeatures extends Toggle {
  readonly schemata?: boolean;
  readonly monitoring?: boolean;
}

export interface MountExtensions {
  readonly idmap?: Toggle;
}

const words = list(osText);
const toggle = object<Toggle>({ enabled: boolean }, {});

/** Shape of the output of `features`. */
export const featuresShape: Shape<Features> = object<Features>(
  {
    ociVersionMin: osText,
    ociVersionMax: osText,
    hooks: words,
    mountOptions: words,
    linux: object<LinuxFeatures>(
      {
        namespaces: words,
        capabilities: words,
        cgroup: object<CgroupFeatures>(
          { v1: boolean, v2: boolean, systemd: boolean, systemdUser: boolean, rdma: boolean },
          {},
        ),
        seccomp: object<SeccompFeatures>(
          {
            enabled: boolean,
            actions: words,
            operators: words,
            archs: words,
            knownFlags: words,
            supportedFlags: words,
          },
          {},
        ),
        apparmor: toggle,
        selinux: toggle,
        intelRdt: object<IntelRdtFeatures>({ enabled: boolean, schemata: boolean, monitoring: boolean }, {}),
        mountExtensions: object<MountExtensions>({ idmap: toggle }, {}),
        netDevices: toggle,
        memoryPolicy: { kind: 'unknown' },
      },
      {},
    ),
    annotations: record(text),
    potentiallyUnsafeConfigAnnotations: words,
  },
  { ociVersionMin: true, ociVersionMax: true },
);
