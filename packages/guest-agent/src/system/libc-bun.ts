import {
  descriptorMessageBytes,
  descriptorOf,
  layOutDescriptorMessage,
  MSG_CMSG_CLOEXEC,
} from './descriptor-message.ts';
import type { Libc } from './libc.ts';

type CArgument = number | ArrayBufferView | null;
type CFunction = (...args: CArgument[]) => number;

/** The part of `bun:ffi` in use; its own types come only with Bun's type package. */
interface BunFfi {
  dlopen(
    library: string,
    symbols: Record<string, { readonly args: readonly string[]; readonly returns: string }>,
  ): { readonly symbols: Record<string, CFunction> };
  readonly read: { i32(pointer: number, offset: number): number };
  ptr(view: ArrayBufferView): number;
}

const i32 = 'i32';
const i64 = 'i64_fast';
const pointer = 'ptr';

const SYS_finit_module = process.arch === 'arm64' ? 273 : 313;

/** Needed from the first moment; one dlopen call is much cheaper than many. */
const hot = {
  __errno_location: { args: [], returns: pointer },
  read: { args: [i32, pointer, i64], returns: i64 },
  write: { args: [i32, pointer, i64], returns: i64 },
  poll: { args: [pointer, i64, i32], returns: i32 },
  fcntl: { args: [i32, i32, i64], returns: i32 },
} as const;

/** Bound when first called. */
const cold = {
  pipe2: { args: [pointer, i32], returns: i32 },
  waitpid: { args: [i32, pointer, i32], returns: i32 },
  mount: { args: [pointer, pointer, pointer, i64, pointer], returns: i32 },
  umount2: { args: [pointer, i32], returns: i32 },
  prctl: { args: [i32, i64, i64, i64, i64], returns: i32 },
  socket: { args: [i32, i32, i32], returns: i32 },
  bind: { args: [i32, pointer, i32], returns: i32 },
  listen: { args: [i32, i32], returns: i32 },
  accept4: { args: [i32, pointer, pointer, i32], returns: i32 },
  recvmsg: { args: [i32, pointer, i32], returns: i64 },
  ioctl: { args: [i32, i64, pointer], returns: i32 },
  clock_settime: { args: [i32, pointer], returns: i32 },
  syscall: { args: [i64, i64, pointer, i64], returns: i64 },
  personality: { args: [i64], returns: i32 },
  sync: { args: [], returns: 'void' },
  reboot: { args: [i32], returns: i32 },
} as const;

/** The C library through bun:ffi, also inside a compiled executable. x86-64 and arm64 pass these arguments alike. */
export function bunLibc(): Libc {
  // By name at run time: an import of bun:ffi would break Node, and Bun's bytecode output.
  const ffi = (process.getBuiltinModule as (name: string) => unknown)('bun:ffi') as BunFfi;
  const functions: Record<string, CFunction> = { ...ffi.dlopen('libc.so.6', hot).symbols };
  const call = (name: keyof typeof hot | keyof typeof cold, ...args: CArgument[]): number => {
    let target = functions[name];
    if (target === undefined) {
      target = ffi.dlopen('libc.so.6', { [name]: cold[name as keyof typeof cold] }).symbols[
        name
      ] as CFunction;
      functions[name] = target;
    }
    const result = target(...args);
    return result === -1 ? -ffi.read.i32((functions.__errno_location as CFunction)(), 0) : Number(result);
  };
  return {
    read: (fd, into) => call('read', fd, into, into.length),
    write: (fd, from) => call('write', fd, from, from.length),
    poll: (entries, count) => call('poll', entries, count, 0),
    fcntl: (fd, command, argument) => call('fcntl', fd, command, argument),
    pipe2: (ends, flags) => call('pipe2', ends, flags),
    waitpid: (pid, status, options) => call('waitpid', pid, status, options),
    mount: (source, target, type, flags, data) => call('mount', source, target, type, flags, data),
    umount2: (target, flags) => call('umount2', target, flags),
    prctl: (option, argument) => call('prctl', option, argument, 0, 0, 0),
    socket: (domain, type, protocol) => call('socket', domain, type, protocol),
    bind: (fd, address, length) => call('bind', fd, address, length),
    listen: (fd, backlog) => call('listen', fd, backlog),
    accept4: (fd, flags) => call('accept4', fd, null, null, flags),
    receiveDescriptor: (fd) => {
      const message = new DataView(new ArrayBuffer(descriptorMessageBytes));
      layOutDescriptorMessage(message, ffi.ptr(message));
      const count = call('recvmsg', fd, message, MSG_CMSG_CLOEXEC);
      return count < 0 ? count : descriptorOf(message);
    },
    ioctl: (fd, request, argument) => call('ioctl', fd, request, argument),
    clock_settime: (clock, time) => call('clock_settime', clock, time),
    finitModule: (fd, parameters) => call('syscall', SYS_finit_module, fd, parameters, 0),
    personality: (flags) => call('personality', flags),
    sync: () => {
      call('sync');
      return 0;
    },
    reboot: (command) => call('reboot', command),
  };
}
