import koffi from 'koffi';
import {
  descriptorMessageBytes,
  descriptorOf,
  layOutDescriptorMessage,
  MSG_CMSG_CLOEXEC,
} from '../src/system/descriptor-message.ts';
import type { Libc } from '../src/system/libc.ts';

/** The agent's C calls for tests, which run on Node. */
export function koffiLibc(): Libc {
  const libc = koffi.load('libc.so.6');
  const bind = (symbol: string, args: readonly string[], returns = 'int') => {
    const call = libc.func(symbol, returns, [...args]) as (...args: unknown[]) => number;
    return (...values: unknown[]): number => {
      const result = call(...values);
      return result === -1 ? -koffi.errno() : result;
    };
  };
  const pointer = 'void *';
  const read = bind('read', ['int', pointer, 'size_t'], 'intptr_t');
  const write = bind('write', ['int', pointer, 'size_t'], 'intptr_t');
  const poll = bind('poll', [pointer, 'uint64_t', 'int']);
  const splice = bind('splice', ['int', pointer, 'int', pointer, 'size_t', 'uint'], 'intptr_t');
  const accept4 = bind('accept4', ['int', pointer, pointer, 'int']);
  const recvmsg = bind('recvmsg', ['int', pointer, 'int'], 'intptr_t');
  return {
    read: (fd, into) => read(fd, into, into.length),
    write: (fd, from) => write(fd, from, from.length),
    splice: (from, to, length) => splice(from, null, to, null, length, 2),
    poll: (entries, count) => poll(entries, count, 0),
    fcntl: bind('fcntl', ['int', 'int', 'int64_t']),
    pipe2: bind('pipe2', [pointer, 'int']),
    waitpid: bind('waitpid', ['int', pointer, 'int']),
    mount: bind('mount', [pointer, pointer, pointer, 'int64_t', pointer]),
    umount2: bind('umount2', [pointer, 'int']),
    prctl: bind('prctl', ['int', 'int64_t']),
    socket: bind('socket', ['int', 'int', 'int']),
    bind: bind('bind', ['int', pointer, 'int']),
    listen: bind('listen', ['int', 'int']),
    accept4: (fd, flags) => accept4(fd, null, null, flags),
    getpeername: bind('getpeername', ['int', pointer, pointer]),
    receiveDescriptor: (fd) => {
      const memory = koffi.alloc('uint8_t', descriptorMessageBytes) as object;
      const message = new DataView(koffi.view(memory, descriptorMessageBytes) as ArrayBuffer);
      layOutDescriptorMessage(message, Number(koffi.address(memory)));
      const count = recvmsg(fd, memory, MSG_CMSG_CLOEXEC);
      return count < 0 ? count : descriptorOf(message);
    },
    ioctl: bind('ioctl', ['int', 'int64_t', pointer]),
    clock_settime: bind('clock_settime', ['int', pointer]),
    finitModule: () => {
      throw new Error('tests load no kernel modules');
    },
    setns: bind('setns', ['int', 'int']),
    openTree: () => {
      throw new Error('tests copy no mounts');
    },
    moveMount: () => {
      throw new Error('tests copy no mounts');
    },
    personality: bind('personality', ['unsigned long']),
    sync: () => 0,
    reboot: () => {
      throw new Error('tests do not reboot');
    },
  };
}
