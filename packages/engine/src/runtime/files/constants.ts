import { arch } from '../syscall-numbers.ts';

export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;

/** Flags of open(2) as in Node's `fs.constants`; two differ by machine. */
export const constants = {
  F_OK: 0,
  R_OK: 4,
  W_OK: 2,
  X_OK: 1,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_DIRECTORY: (arch === 'arm64' ? 0o40000 : 0o200000) as number,
  O_NOFOLLOW: (arch === 'arm64' ? 0o100000 : 0o400000) as number,
};

/** What Node adds to all of them. */
export const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;
