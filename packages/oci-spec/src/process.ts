import {
  absolutePath,
  boolean,
  type Int64,
  int32,
  integer,
  list,
  name,
  object,
  oneOf,
  osText,
  type Shape,
  uint32,
  uint64,
} from '@hako/shape';

/** `process`: what runs in the container. OCI runtime specification 1.2, config.md "Process". */
export interface Process {
  /** Whether a terminal is attached. Default false. */
  readonly terminal?: boolean;
  /** Size of the terminal in characters. */
  readonly consoleSize?: ConsoleSize;
  /** Working directory in the container, absolute. */
  readonly cwd: string;
  /** `NAME=value` strings. */
  readonly env?: readonly string[];
  /** Program and arguments. Demanded at start, not at create. */
  readonly args?: readonly string[];
  readonly commandLine?: string;
  readonly user?: User;
  readonly rlimits?: readonly Rlimit[];
  readonly apparmorProfile?: string;
  readonly capabilities?: Capabilities;
  readonly noNewPrivileges?: boolean;
  /** -1000 to 1000. */
  readonly oomScoreAdj?: number;
  readonly scheduler?: Scheduler;
  readonly selinuxLabel?: string;
  readonly ioPriority?: IoPriority;
  readonly execCPUAffinity?: ExecCpuAffinity;
}

export interface ConsoleSize {
  /** Characters. */
  readonly height: number;
  /** Characters. */
  readonly width: number;
}

export interface User {
  /** Default 0. */
  readonly uid?: number;
  /** Default 0. */
  readonly gid?: number;
  readonly umask?: number;
  readonly additionalGids?: readonly number[];
  /** Windows only. */
  readonly username?: string;
}

export interface Rlimit {
  /** `RLIMIT_NOFILE` and so on. */
  readonly type: string;
  /** 18446744073709551615 is "no limit". */
  readonly soft: Int64;
  readonly hard: Int64;
}

/** Names as `CAP_CHOWN`. */
export interface Capabilities {
  readonly bounding?: readonly string[];
  readonly effective?: readonly string[];
  readonly inheritable?: readonly string[];
  readonly permitted?: readonly string[];
  readonly ambient?: readonly string[];
}

export interface Scheduler {
  /** `SCHED_OTHER`, `SCHED_FIFO`, ... */
  readonly policy: string;
  readonly nice?: number;
  readonly priority?: number;
  readonly flags?: readonly string[];
  /** Nanoseconds. */
  readonly runtime?: Int64;
  /** Nanoseconds. */
  readonly deadline?: Int64;
  /** Nanoseconds. */
  readonly period?: Int64;
}

export interface IoPriority {
  readonly class: 'IOPRIO_CLASS_RT' | 'IOPRIO_CLASS_BE' | 'IOPRIO_CLASS_IDLE';
  /** 0 (highest) to 7. */
  readonly priority?: number;
}

/** CPU lists such as `0-3,7`. */
export interface ExecCpuAffinity {
  readonly initial?: string;
  readonly final?: string;
}

const userShape: Shape<User> = object<User>(
  { uid: uint32, gid: uint32, umask: uint32, additionalGids: list(uint32), username: osText },
  {},
);

const rlimitShape: Shape<Rlimit> = object<Rlimit>(
  { type: name, soft: uint64, hard: uint64 },
  { type: true, soft: true, hard: true },
);

const names = list(name);

export const capabilitiesShape: Shape<Capabilities> = object<Capabilities>(
  { bounding: names, effective: names, inheritable: names, permitted: names, ambient: names },
  {},
);

export const processShape: Shape<Process> = object<Process>(
  {
    terminal: boolean,
    consoleSize: object<ConsoleSize>({ height: uint32, width: uint32 }, { height: true, width: true }),
    cwd: absolutePath,
    env: list(osText),
    args: list(osText),
    commandLine: osText,
    user: userShape,
    rlimits: list(rlimitShape),
    apparmorProfile: osText,
    capabilities: capabilitiesShape,
    noNewPrivileges: boolean,
    oomScoreAdj: integer(-1000, 1000),
    scheduler: object<Scheduler>(
      {
        policy: name,
        nice: int32,
        priority: int32,
        flags: names,
        runtime: uint64,
        deadline: uint64,
        period: uint64,
      },
      { policy: true },
    ),
    selinuxLabel: osText,
    ioPriority: object<IoPriority>(
      {
        class: oneOf(['IOPRIO_CLASS_RT', 'IOPRIO_CLASS_BE', 'IOPRIO_CLASS_IDLE']),
        priority: integer(0, 7),
      },
      { class: true },
    ),
    execCPUAffinity: object<ExecCpuAffinity>({ initial: osText, final: osText }, {}),
  },
  { cwd: true },
);
