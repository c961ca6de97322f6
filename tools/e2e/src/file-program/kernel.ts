import { native, type SyscallArgument } from '@hako/engine/system';

/** System calls of x86-64 that only file checks need. */
const numbers = {
  read: 0,
  write: 1,
  open: 2,
  close: 3,
  stat: 4,
  fstat: 5,
  lstat: 6,
  lseek: 8,
  mmap: 9,
  munmap: 11,
  pread64: 17,
  pwrite64: 18,
  msync: 26,
  pause: 34,
  socket: 41,
  connect: 42,
  accept: 43,
  bind: 49,
  listen: 50,
  fcntl: 72,
  flock: 73,
  fsync: 74,
  truncate: 76,
  ftruncate: 77,
  rename: 82,
  mkdir: 83,
  rmdir: 84,
  link: 86,
  unlink: 87,
  symlink: 88,
  chmod: 90,
  mknod: 133,
  setxattr: 188,
  getxattr: 191,
  listxattr: 194,
  removexattr: 197,
  linkat: 265,
  utimensat: 280,
  fallocate: 285,
  inotify_init1: 294,
  inotify_add_watch: 254,
  renameat2: 316,
  copy_file_range: 326,
} as const;

/** What errnos are called, as far as the checks meet them. */
const errnoNames: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  6: 'ENXIO',
  9: 'EBADF',
  11: 'EAGAIN',
  13: 'EACCES',
  16: 'EBUSY',
  17: 'EEXIST',
  18: 'EXDEV',
  19: 'ENODEV',
  20: 'ENOTDIR',
  21: 'EISDIR',
  22: 'EINVAL',
  36: 'ENAMETOOLONG',
  38: 'ENOSYS',
  39: 'ENOTEMPTY',
  40: 'ELOOP',
  61: 'ENODATA',
  95: 'EOPNOTSUPP',
  111: 'ECONNREFUSED',
  116: 'ESTALE',
};

/** A call that the kernel refused. */
class Refused extends Error {
  constructor(name: string, errno: number) {
    super(`${name}: ${errnoNames[errno] ?? `errno ${errno}`}`);
  }
}

type Call = keyof typeof numbers;

/** The call's result, or minus the errno. */
export function ask(name: Call, ...args: readonly SyscallArgument[]): number {
  return native.syscall(numbers[name], ...args);
}

/** The call's result. Throws Refused. */
export function call(name: Call, ...args: readonly SyscallArgument[]): number {
  const result = ask(name, ...args);
  if (result < 0) throw new Refused(name, -result);
  return result;
}

/** That the call is refused with this errno. Throws Error when it is not. */
export function refuses(errno: string, name: Call, ...args: readonly SyscallArgument[]): void {
  const result = ask(name, ...args);
  const answer = result < 0 ? (errnoNames[-result] ?? `errno ${-result}`) : `${result}`;
  if (answer !== errno) throw new Error(`${name} answers ${answer}, not ${errno}`);
}
