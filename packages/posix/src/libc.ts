import { constants } from 'node:os';
import type { CArgument, CSignature, LibcBinding } from './libc-binding.ts';
import { bunBinding } from './libc-bun.ts';
import { koffiBinding } from './libc-koffi.ts';
import { posixError } from './posix-error.ts';

type Bytes = Uint8Array | null;

/** Arguments of the C functions that hako uses. */
export interface LibcArguments {
  mount: [source: Bytes, target: Bytes, type: Bytes, flags: number, data: Bytes];
  umount2: [target: Bytes, flags: number];
  dup3: [from: number, to: number, flags: number];
  pipe2: [ends: Bytes, flags: number];
  flock: [fd: number, operation: number];
  setns: [fd: number, kind: number];
  socket: [domain: number, type: number, protocol: number];
  bind: [fd: number, address: Bytes, length: number];
  listen: [fd: number, backlog: number];
  accept4: [fd: number, address: Bytes, length: Bytes, flags: number];
  connect: [fd: number, address: Bytes, length: number];
  shutdown: [fd: number, how: number];
  getsockopt: [fd: number, level: number, name: number, value: Bytes, length: Bytes];
  poll: [entries: Bytes, count: number, timeoutMs: number];
  sendmsg: [fd: number, messageAddress: number, flags: number];
  recvmsg: [fd: number, messageAddress: number, flags: number];
  malloc: [size: number];
  madvise: [address: number, size: number, advice: number];
  copyIn: [address: number, from: Bytes, size: number];
  copyOut: [into: Bytes, address: number, size: number];
  execve: [path: Bytes, argsAddress: number, environmentAddress: number];
  memfd_create: [name: Bytes, flags: number];
  sigprocmask: [how: number, set: Bytes, before: Bytes];
  sched_setaffinity: [threadId: number, size: number, mask: Bytes];
  prctl: [option: number, arg2: number, arg3: number, arg4: number, arg5: number];
  waitpid: [pid: number, status: Bytes, options: number];
  fcntl: [fd: number, command: number, argument: number];
  ioctl: [fd: number, request: number, argument: Bytes];
  pidfd_send_signal: [number: number, pidfd: number, signal: number, info: Bytes, flags: number];
  close_range: [number: number, first: number, last: number, flags: number];
  pidfd_open: [number: number, pid: number, flags: number];
  pidfd_getfd: [number: number, pidfd: number, fd: number, flags: number];
  openat2: [number: number, dirfd: number, path: Bytes, how: Bytes, size: number];
  bpf: [number: number, command: number, attributesAddress: number, size: number];
  mount_setattr: [number: number, dirfd: number, path: Bytes, flags: number, attributes: Bytes, size: number];
}

export type LibcFunction = keyof LibcArguments;

/** C types that fit the argument list, in the same order. */
type CTypesOf<Arguments extends readonly unknown[]> = {
  readonly [I in keyof Arguments]: Arguments[I] extends number ? 'i32' | 'u32' | 'i64' : 'bytes';
};

/**
 * How each is called, once for both bindings. Variadic functions (syscall, ioctl, prctl) are declared with fixed
 * arguments: on Linux x86-64 and arm64 integer arguments are passed alike in both forms.
 */
const signatures: {
  readonly [N in LibcFunction]: CSignature & { readonly args: CTypesOf<LibcArguments[N]> };
} = {
  mount: { symbol: 'mount', returns: 'i32', args: ['bytes', 'bytes', 'bytes', 'i64', 'bytes'] },
  umount2: { symbol: 'umount2', returns: 'i32', args: ['bytes', 'i32'] },
  dup3: { symbol: 'dup3', returns: 'i32', args: ['i32', 'i32', 'i32'] },
  pipe2: { symbol: 'pipe2', returns: 'i32', args: ['bytes', 'i32'] },
  flock: { symbol: 'flock', returns: 'i32', args: ['i32', 'i32'] },
  setns: { symbol: 'setns', returns: 'i32', args: ['i32', 'i32'] },
  socket: { symbol: 'socket', returns: 'i32', args: ['i32', 'i32', 'i32'] },
  bind: { symbol: 'bind', returns: 'i32', args: ['i32', 'bytes', 'u32'] },
  listen: { symbol: 'listen', returns: 'i32', args: ['i32', 'i32'] },
  accept4: { symbol: 'accept4', returns: 'i32', args: ['i32', 'bytes', 'bytes', 'i32'] },
  connect: { symbol: 'connect', returns: 'i32', args: ['i32', 'bytes', 'u32'] },
  shutdown: { symbol: 'shutdown', returns: 'i32', args: ['i32', 'i32'] },
  getsockopt: { symbol: 'getsockopt', returns: 'i32', args: ['i32', 'i32', 'i32', 'bytes', 'bytes'] },
  poll: { symbol: 'poll', returns: 'i32', args: ['bytes', 'i64', 'i32'] },
  sendmsg: { symbol: 'sendmsg', returns: 'i64', args: ['i32', 'i64', 'i32'] },
  recvmsg: { symbol: 'recvmsg', returns: 'i64', args: ['i32', 'i64', 'i32'] },
  // Memory at an address that is known, for structures that hold pointers.
  malloc: { symbol: 'malloc', returns: 'i64', args: ['i64'] },
  madvise: { symbol: 'madvise', returns: 'i32', args: ['i64', 'i64', 'i32'] },
  copyIn: { symbol: 'memcpy', returns: 'i64', args: ['i64', 'bytes', 'i64'] },
  copyOut: { symbol: 'memcpy', returns: 'i64', args: ['bytes', 'i64', 'i64'] },
  execve: { symbol: 'execve', returns: 'i32', args: ['bytes', 'i64', 'i64'] },
  memfd_create: { symbol: 'memfd_create', returns: 'i32', args: ['bytes', 'u32'] },
  sigprocmask: { symbol: 'sigprocmask', returns: 'i32', args: ['i32', 'bytes', 'bytes'] },
  sched_setaffinity: { symbol: 'sched_setaffinity', returns: 'i32', args: ['i32', 'i64', 'bytes'] },
  prctl: { symbol: 'prctl', returns: 'i32', args: ['i32', 'i64', 'i64', 'i64', 'i64'] },
  waitpid: { symbol: 'waitpid', returns: 'i32', args: ['i32', 'bytes', 'i32'] },
  fcntl: { symbol: 'fcntl', returns: 'i32', args: ['i32', 'i32', 'i64'] },
  ioctl: { symbol: 'ioctl', returns: 'i32', args: ['i32', 'i64', 'bytes'] },
  // The numbers below are the same on every architecture (they are younger than the common table), but for bpf's.
  pidfd_send_signal: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'i32', 'bytes', 'u32'] },
  close_range: { symbol: 'syscall', returns: 'i64', args: ['i64', 'u32', 'u32', 'u32'] },
  pidfd_open: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'u32'] },
  pidfd_getfd: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'i32', 'u32'] },
  openat2: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'bytes', 'bytes', 'i64'] },
  mount_setattr: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'bytes', 'u32', 'bytes', 'i64'] },
  bpf: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'i64', 'u32'] },
};

/** Numbers for `syscall(2)`, x86-64 and arm64. */
export const syscallNumbers = {
  pidfd_send_signal: 424,
  pidfd_open: 434,
  close_range: 436,
  openat2: 437,
  pidfd_getfd: 438,
  mount_setattr: 442,
} as const;

let binding: LibcBinding | undefined;
const bound = new Map<LibcFunction, (...args: CArgument[]) => number>();

function loadBinding(): LibcBinding {
  binding ??= 'Bun' in globalThis ? bunBinding() : koffiBinding();
  return binding;
}

/** Calls a C function. Throws PosixError when it returns -1. `path` is only named in the error. */
export function callLibc<N extends LibcFunction>(name: N, args: LibcArguments[N], path?: string): number {
  const libc = loadBinding();
  let call = bound.get(name);
  if (call === undefined) {
    call = libc.bind(signatures[name]);
    bound.set(name, call);
  }
  const result = call(...(args as readonly CArgument[]));
  // errno must be read before anything else runs.
  if (result === -1) throw posixError(name, libc.errno(), path);
  return result;
}

/** The string as a C string. Throws PosixError EINVAL when it holds a NUL. */
export function cString(text: string, syscall: string): Uint8Array {
  if (text.includes('\0')) throw posixError(syscall, constants.errno.EINVAL, text);
  return Buffer.from(`${text}\0`);
}
