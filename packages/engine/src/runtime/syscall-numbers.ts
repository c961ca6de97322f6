/** x86-64 (arch/x86/entry/syscalls/syscall_64.tbl) and arm64 (include/uapi/asm-generic/unistd.h). */
const numbers = {
  read: [0, 63],
  write: [1, 64],
  close: [3, 57],
  lseek: [8, 62],
  epoll_pwait: [281, 22],
  rt_sigaction: [13, 134],
  rt_sigprocmask: [14, 135],
  ioctl: [16, 29],
  pwrite64: [18, 68],
  getpid: [39, 172],
  socket: [41, 198],
  recvmsg: [47, 212],
  bind: [49, 200],
  listen: [50, 201],
  execve: [59, 221],
  wait4: [61, 260],
  kill: [62, 129],
  fcntl: [72, 25],
  personality: [135, 92],
  statfs: [137, 43],
  prctl: [157, 167],
  sync: [162, 81],
  mount: [165, 40],
  umount2: [166, 39],
  reboot: [169, 142],
  getdents64: [217, 61],
  clock_settime: [227, 112],
  clock_gettime: [228, 113],
  exit_group: [231, 94],
  epoll_ctl: [233, 21],
  openat: [257, 56],
  mkdirat: [258, 34],
  fchownat: [260, 54],
  unlinkat: [263, 35],
  symlinkat: [266, 36],
  readlinkat: [267, 78],
  fchmodat: [268, 53],
  faccessat: [269, 48],
  accept4: [288, 242],
  getpeername: [52, 205],
  ppoll: [271, 73],
  signalfd4: [289, 74],
  splice: [275, 76],
  epoll_create1: [291, 20],
  pipe2: [293, 59],
  setns: [308, 268],
  finit_module: [313, 273],
  getrandom: [318, 278],
  renameat2: [316, 276],
  statx: [332, 291],
  open_tree: [428, 428],
  move_mount: [429, 429],
} as const;

declare const __ENGINE_ARCH__: 'x64' | 'arm64';

/** The machine that the program was compiled for, as in Node's `process.arch`. */
export const arch: 'x64' | 'arm64' = __ENGINE_ARCH__;

const column = arch === 'arm64' ? 1 : 0;

/** Numbers of the system calls of this machine, by name. */
export const SYS: { readonly [Name in keyof typeof numbers]: number } = Object.fromEntries(
  Object.entries(numbers).map(([name, pair]) => [name, pair[column]]),
) as { [Name in keyof typeof numbers]: number };
