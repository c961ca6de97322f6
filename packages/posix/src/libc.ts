import { constants } from 'node:os';
import type { CArgument, CSignature, CType, LibcBinding } from './libc-binding.ts';
import { bunBinding } from './libc-bun.ts';
import { koffiBinding } from './libc-koffi.ts';
import { posixError } from './posix-error.ts';

/**
 * The C functions that hako uses, once for both bindings. Variadic ones (syscall, ioctl, prctl) are declared with
 * fixed arguments: on Linux x86-64 and arm64 integer arguments are passed alike in both forms.
 */
const signatures = {
  mount: { symbol: 'mount', returns: 'i32', args: ['bytes', 'bytes', 'bytes', 'i64', 'bytes'] },
  umount2: { symbol: 'umount2', returns: 'i32', args: ['bytes', 'i32'] },
  dup3: { symbol: 'dup3', returns: 'i32', args: ['i32', 'i32', 'i32'] },
  flock: { symbol: 'flock', returns: 'i32', args: ['i32', 'i32'] },
  socket: { symbol: 'socket', returns: 'i32', args: ['i32', 'i32', 'i32'] },
  bind: { symbol: 'bind', returns: 'i32', args: ['i32', 'bytes', 'u32'] },
  listen: { symbol: 'listen', returns: 'i32', args: ['i32', 'i32'] },
  prctl: { symbol: 'prctl', returns: 'i32', args: ['i32', 'i64', 'i64', 'i64', 'i64'] },
  waitpid: { symbol: 'waitpid', returns: 'i32', args: ['i32', 'bytes', 'i32'] },
  ioctl: { symbol: 'ioctl', returns: 'i32', args: ['i32', 'i64', 'bytes'] },
  // The numbers below are the same on every architecture (they are younger than the common table).
  pidfd_send_signal: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'i32', 'bytes', 'u32'] },
  pidfd_open: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'u32'] },
  openat2: { symbol: 'syscall', returns: 'i64', args: ['i64', 'i32', 'bytes', 'bytes', 'i64'] },
} as const satisfies Record<string, CSignature>;

type Signatures = typeof signatures;
export type LibcFunction = keyof Signatures;

type ArgumentOf<T extends CType> = T extends 'bytes' ? Uint8Array | null : number;
type ArgumentsOf<T extends readonly CType[]> = { [I in keyof T]: ArgumentOf<T[I]> };
export type LibcArguments<N extends LibcFunction> = ArgumentsOf<Signatures[N]['args']>;

/** Numbers for `syscall(2)`, x86-64 and arm64. */
export const syscallNumbers = { pidfd_send_signal: 424, pidfd_open: 434, openat2: 437 } as const;

let binding: LibcBinding | undefined;
const bound = new Map<LibcFunction, (...args: CArgument[]) => number>();

function loadBinding(): LibcBinding {
  binding ??= 'Bun' in globalThis ? bunBinding() : koffiBinding();
  return binding;
}

/** Calls a C function. Throws PosixError when it returns -1. `path` is only named in the error. */
export function callLibc<N extends LibcFunction>(name: N, args: LibcArguments<N>, path?: string): number {
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
