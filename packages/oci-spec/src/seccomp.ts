import { type Int64, list, name, object, osText, type Shape, uint32, uint64 } from '@hako/shape';

/** `linux.seccomp`: system call filter. */
export interface Seccomp {
  /** `SCMP_ACT_ALLOW`, `SCMP_ACT_ERRNO`, ... */
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly flags?: readonly string[];
  /** Socket of a seccomp agent, for `SCMP_ACT_NOTIFY`. */
  readonly listenerPath?: string;
  readonly listenerMetadata?: string;
  readonly syscalls?: readonly Syscall[];
}

export interface Syscall {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly SyscallArg[];
}

export interface SyscallArg {
  /** 0 to 5. */
  readonly index: number;
  readonly value: Int64;
  readonly valueTwo?: Int64;
  /** `SCMP_CMP_EQ`, ... */
  readonly op: string;
}

const syscallArg = object<SyscallArg>(
  { index: uint32, value: uint64, valueTwo: uint64, op: name },
  { index: true, value: true, op: true },
);

const syscall = object<Syscall>(
  { names: list(name), action: name, errnoRet: uint32, args: list(syscallArg) },
  { names: true, action: true },
);

export const seccompShape: Shape<Seccomp> = object<Seccomp>(
  {
    defaultAction: name,
    defaultErrnoRet: uint32,
    architectures: list(name),
    flags: list(name),
    listenerPath: osText,
    listenerMetadata: osText,
    syscalls: list(syscall),
  },
  { defaultAction: true },
);
