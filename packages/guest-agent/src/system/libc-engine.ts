import { native, syscall } from '@hako/engine/system';
import {
  descriptorMessageBytes,
  descriptorOf,
  layOutDescriptorMessage,
  MSG_CMSG_CLOEXEC,
} from './descriptor-message.ts';
import type { Libc } from './libc.ts';

const SPLICE_F_NONBLOCK = 2;
const emptyPath = new Uint8Array(1);

/** The kernel's calls themselves, in a program that @hako/engine compiled. */
export const engineLibc: Libc = {
  read: (fd, into) => syscall('read', fd, into, into.length),
  write: (fd, from) => syscall('write', fd, from, from.length),
  splice: (from, to, length) => syscall('splice', from, null, to, null, length, SPLICE_F_NONBLOCK),
  poll: (entries, count) => syscall('ppoll', entries, count, new BigInt64Array(2), null, 0),
  fcntl: (fd, command, argument) => syscall('fcntl', fd, command, argument),
  pipe2: (ends, flags) => syscall('pipe2', ends, flags),
  waitpid: (pid, status, options) => syscall('wait4', pid, status, options, null),
  mount: (source, target, type, flags, data) => syscall('mount', source, target, type, flags, data),
  umount2: (target, flags) => syscall('umount2', target, flags),
  prctl: (option, argument) => syscall('prctl', option, argument, 0, 0, 0),
  socket: (domain, type, protocol) => syscall('socket', domain, type, protocol),
  bind: (fd, address, length) => syscall('bind', fd, address, length),
  listen: (fd, backlog) => syscall('listen', fd, backlog),
  accept4: (fd, flags) => syscall('accept4', fd, null, null, flags),
  getpeername: (fd, address, length) => syscall('getpeername', fd, address, length),
  receiveDescriptor: (fd) => {
    const message = new DataView(new ArrayBuffer(descriptorMessageBytes));
    layOutDescriptorMessage(message, native.address(message.buffer));
    const count = syscall('recvmsg', fd, message.buffer, MSG_CMSG_CLOEXEC);
    return count < 0 ? count : descriptorOf(message);
  },
  ioctl: (fd, request, argument) => syscall('ioctl', fd, request, argument),
  clock_settime: (clock, time) => syscall('clock_settime', clock, time),
  finitModule: (fd, parameters) => syscall('finit_module', fd, parameters, 0),
  setns: (fd, type) => syscall('setns', fd, type),
  openTree: (folderFd, flags) => syscall('open_tree', folderFd, emptyPath, flags),
  moveMount: (treeFd, folderFd, flags) =>
    syscall('move_mount', treeFd, emptyPath, folderFd, emptyPath, flags),
  personality: (flags) => syscall('personality', flags),
  sync: () => syscall('sync'),
  reboot: (command) => syscall('reboot', 0xfee1dead, 0x28121969, command, null),
};
