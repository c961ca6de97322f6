/**
 * The C calls of the agent's event loop and of its one-time work, with results as the kernel gives them: a number, or
 * minus the errno. Nothing throws, as "nothing there yet" is the usual answer of a non-blocking descriptor and an
 * exception each time would cost more than the call. (@hako/posix throws, which suits everybody else.)
 */
export interface Libc {
  read(fd: number, into: Uint8Array): number;
  write(fd: number, from: Uint8Array): number;
  /** splice(2) of at most `length` bytes, without waiting; one of the two is a pipe. */
  splice(from: number, to: number, length: number): number;
  /** poll(2) without waiting, over `count` entries of struct pollfd. */
  poll(entries: Uint8Array, count: number): number;
  fcntl(fd: number, command: number, argument: number): number;
  pipe2(ends: Int32Array, flags: number): number;
  waitpid(pid: number, status: Int32Array, options: number): number;
  mount(
    source: Uint8Array,
    target: Uint8Array,
    type: Uint8Array | null,
    flags: number,
    data: Uint8Array | null,
  ): number;
  umount2(target: Uint8Array, flags: number): number;
  prctl(option: number, argument: number): number;
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, length: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, flags: number): number;
  /** `length`: of `address`, in host byte order. */
  getpeername(fd: number, address: Uint8Array, length: Int32Array): number;
  /** recvmsg(2) of one descriptor, close-on-exec, with SCM_RIGHTS; EBADMSG when the message has none. */
  receiveDescriptor(fd: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array | null): number;
  clock_settime(clock: number, time: BigInt64Array): number;
  /** finit_module(2), which the C library has no function for. */
  finitModule(fd: number, parameters: Uint8Array): number;
  setns(fd: number, type: number): number;
  /** open_tree(2) of the folder that is open as `folderFd`. */
  openTree(folderFd: number, flags: number): number;
  /** move_mount(2) from one descriptor to another. */
  moveMount(treeFd: number, folderFd: number, flags: number): number;
  /** personality(2); answers the one before. */
  personality(flags: number): number;
  sync(): number;
  reboot(command: number): number;
}

/** Errno numbers that the agent tells apart; the same on x86-64 and arm64. */
export const errno = {
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  ECHILD: 10,
  EAGAIN: 11,
  EBUSY: 16,
  EEXIST: 17,
  EPIPE: 32,
  EBADMSG: 74,
  ECONNABORTED: 103,
} as const;
