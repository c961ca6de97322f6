import type { MessageType } from '@hako/protobuf';
import {
  Box,
  Hook,
  Hooks,
  Linux,
  LinuxBlockIO,
  LinuxCapabilities,
  LinuxCPU,
  LinuxDevice,
  LinuxDeviceCgroup,
  LinuxHugepageLimit,
  LinuxIDMapping,
  LinuxIntelRdt,
  LinuxInterfacePriority,
  LinuxMemory,
  LinuxNamespace,
  LinuxNetwork,
  LinuxPids,
  LinuxResources,
  LinuxSeccomp,
  LinuxSeccompArg,
  LinuxSyscall,
  LinuxThrottleDevice,
  LinuxWeightDevice,
  Mount,
  POSIXRlimit,
  Process,
  Root,
  Spec,
  User,
} from './gen/oci.ts';

/** Which member of an OCI JSON object is which field of a message. */
export interface SpecTable {
  readonly type: MessageType<object>;
  readonly members: readonly SpecMember[];
  /** Members of the JSON object that are the host's business and are not meant to reach the guest. */
  readonly hostOnly?: readonly string[];
}

export interface SpecMember {
  readonly json: string;
  readonly proto: string;
  /** Table of a nested object. */
  readonly table?: SpecTable;
  /**
   * What 0, '' or false in the message stands for in JSON (proto3 cannot tell them from an absent value).
   * - `absent`: the member is left out, since the specification gives both the same meaning;
   * - `kept`: the member is demanded by the specification, or its absence would mean something else;
   * - `lost`: left out, though an explicit 0 would have meant something else than absence: see fieldsLost.
   */
  readonly zero: 'absent' | 'kept' | 'lost';
  /** Value in the message for an absent member, where that is not 0: device rules have -1 for "any". */
  readonly whenAbsent?: bigint;
}

type Row =
  | string
  | readonly [
      proto: string,
      options: { readonly table?: SpecTable; readonly zero?: 'kept' | 'lost'; readonly whenAbsent?: bigint },
    ];

function table(
  type: MessageType<object>,
  rows: Readonly<Record<string, Row>>,
  hostOnly?: string[],
): SpecTable {
  const members = Object.entries(rows).map(([json, row]): SpecMember => {
    const [proto, options] = typeof row === 'string' ? ([row, {}] as const) : row;
    return { json, proto, zero: 'absent', ...options };
  });
  return hostOnly === undefined ? { type, members } : { type, members, hostOnly };
}

const idMapping = table(LinuxIDMapping, {
  hostID: ['HostID', { zero: 'kept' }],
  containerID: ['ContainerID', { zero: 'kept' }],
  size: ['Size', { zero: 'kept' }],
});

const hook = table(Hook, { path: ['Path', { zero: 'kept' }], args: 'Args', env: 'Env', timeout: 'Timeout' });

const throttleDevice = table(LinuxThrottleDevice, {
  major: ['Major', { zero: 'kept' }],
  minor: ['Minor', { zero: 'kept' }],
  rate: ['Rate', { zero: 'kept' }],
});

/** `linux.resources`. */
export const resourcesTable: SpecTable = table(LinuxResources, {
  devices: [
    'Devices',
    {
      table: table(LinuxDeviceCgroup, {
        allow: ['Allow', { zero: 'kept' }],
        type: 'Type',
        major: ['Major', { zero: 'kept', whenAbsent: -1n }],
        minor: ['Minor', { zero: 'kept', whenAbsent: -1n }],
        access: 'Access',
      }),
    },
  ],
  memory: [
    'Memory',
    {
      table: table(LinuxMemory, {
        limit: 'Limit',
        reservation: 'Reservation',
        swap: 'Swap',
        kernel: 'Kernel',
        kernelTCP: 'KernelTCP',
        swappiness: ['Swappiness', { zero: 'lost' }],
        disableOOMKiller: 'DisableOOMKiller',
      }),
    },
  ],
  cpu: [
    'CPU',
    {
      table: table(LinuxCPU, {
        shares: 'Shares',
        quota: 'Quota',
        period: 'Period',
        realtimeRuntime: 'RealtimeRuntime',
        realtimePeriod: 'RealtimePeriod',
        cpus: 'Cpus',
        mems: 'Mems',
      }),
    },
  ],
  pids: ['Pids', { table: table(LinuxPids, { limit: ['Limit', { zero: 'kept' }] }) }],
  blockIO: [
    'BlockIO',
    {
      table: table(LinuxBlockIO, {
        weight: 'Weight',
        leafWeight: 'LeafWeight',
        weightDevice: [
          'WeightDevice',
          {
            table: table(LinuxWeightDevice, {
              major: ['Major', { zero: 'kept' }],
              minor: ['Minor', { zero: 'kept' }],
              weight: 'Weight',
              leafWeight: 'LeafWeight',
            }),
          },
        ],
        throttleReadBpsDevice: ['ThrottleReadBpsDevice', { table: throttleDevice }],
        throttleWriteBpsDevice: ['ThrottleWriteBpsDevice', { table: throttleDevice }],
        throttleReadIOPSDevice: ['ThrottleReadIOPSDevice', { table: throttleDevice }],
        throttleWriteIOPSDevice: ['ThrottleWriteIOPSDevice', { table: throttleDevice }],
      }),
    },
  ],
  hugepageLimits: [
    'HugepageLimits',
    { table: table(LinuxHugepageLimit, { pageSize: 'Pagesize', limit: ['Limit', { zero: 'kept' }] }) },
  ],
  network: [
    'Network',
    {
      table: table(LinuxNetwork, {
        classID: 'ClassID',
        priorities: [
          'Priorities',
          {
            table: table(LinuxInterfacePriority, { name: 'Name', priority: ['Priority', { zero: 'kept' }] }),
          },
        ],
      }),
    },
  ],
});

/** `process`, also of an exec. */
export const processTable: SpecTable = table(Process, {
  terminal: 'Terminal',
  consoleSize: [
    'ConsoleSize',
    { table: table(Box, { height: ['Height', { zero: 'kept' }], width: ['Width', { zero: 'kept' }] }) },
  ],
  user: [
    'User',
    {
      table: table(User, {
        uid: ['UID', { zero: 'kept' }],
        gid: ['GID', { zero: 'kept' }],
        additionalGids: 'AdditionalGids',
        username: 'Username',
      }),
    },
  ],
  args: 'Args',
  env: 'Env',
  cwd: ['Cwd', { zero: 'kept' }],
  capabilities: [
    'Capabilities',
    {
      table: table(LinuxCapabilities, {
        bounding: 'Bounding',
        effective: 'Effective',
        inheritable: 'Inheritable',
        permitted: 'Permitted',
        ambient: 'Ambient',
      }),
    },
  ],
  rlimits: [
    'Rlimits',
    {
      table: table(POSIXRlimit, {
        type: 'Type',
        hard: ['Hard', { zero: 'kept' }],
        soft: ['Soft', { zero: 'kept' }],
      }),
    },
  ],
  noNewPrivileges: 'NoNewPrivileges',
  apparmorProfile: 'ApparmorProfile',
  // Without one a process would inherit the agent's, which is made to outlive the workload.
  oomScoreAdj: ['OOMScoreAdj', { zero: 'kept' }],
  selinuxLabel: 'SelinuxLabel',
});

const linuxTable = table(Linux, {
  uidMappings: ['UIDMappings', { table: idMapping }],
  gidMappings: ['GIDMappings', { table: idMapping }],
  sysctl: 'Sysctl',
  resources: ['Resources', { table: resourcesTable }],
  cgroupsPath: 'CgroupsPath',
  namespaces: ['Namespaces', { table: table(LinuxNamespace, { type: 'Type', path: 'Path' }) }],
  devices: [
    'Devices',
    {
      table: table(LinuxDevice, {
        path: 'Path',
        type: 'Type',
        major: ['Major', { zero: 'kept' }],
        minor: ['Minor', { zero: 'kept' }],
        fileMode: ['FileMode', { zero: 'lost' }],
        uid: ['UID', { zero: 'kept' }],
        gid: ['GID', { zero: 'kept' }],
      }),
    },
  ],
  seccomp: [
    'Seccomp',
    {
      table: table(LinuxSeccomp, {
        defaultAction: 'DefaultAction',
        architectures: 'Architectures',
        flags: 'Flags',
        syscalls: [
          'Syscalls',
          {
            table: table(LinuxSyscall, {
              names: 'Names',
              action: 'Action',
              errnoRet: ['errnoret', { zero: 'kept' }],
              args: [
                'Args',
                {
                  table: table(LinuxSeccompArg, {
                    index: ['Index', { zero: 'kept' }],
                    value: ['Value', { zero: 'kept' }],
                    valueTwo: 'ValueTwo',
                    op: 'Op',
                  }),
                },
              ],
            }),
          },
        ],
      }),
    },
  ],
  rootfsPropagation: 'RootfsPropagation',
  maskedPaths: 'MaskedPaths',
  readonlyPaths: 'ReadonlyPaths',
  mountLabel: 'MountLabel',
  intelRdt: ['IntelRdt', { table: table(LinuxIntelRdt, { l3CacheSchema: 'L3CacheSchema' }) }],
});

/** config.json as a whole. The Windows and Solaris fields of the message are never used. */
export const specTable: SpecTable = table(
  Spec,
  {
    ociVersion: ['Version', { zero: 'kept' }],
    process: ['Process', { table: processTable }],
    root: ['Root', { table: table(Root, { path: ['Path', { zero: 'kept' }], readonly: 'Readonly' }) }],
    hostname: 'Hostname',
    mounts: [
      'Mounts',
      {
        table: table(Mount, {
          destination: 'destination',
          source: 'source',
          type: 'type',
          options: 'options',
        }),
      },
    ],
    hooks: [
      'Hooks',
      {
        table: table(Hooks, {
          prestart: ['Prestart', { table: hook }],
          poststart: ['Poststart', { table: hook }],
          poststop: ['Poststop', { table: hook }],
          createRuntime: ['CreateRuntime', { table: hook }],
          createContainer: ['CreateContainer', { table: hook }],
          startContainer: ['StartContainer', { table: hook }],
        }),
      },
    ],
    annotations: 'Annotations',
    linux: ['Linux', { table: linuxTable }],
  },
  ['vm'],
);
