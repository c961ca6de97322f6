/** Machines that programs can be made for. */
export type CpuArchitecture = 'x64';

/** Numbers of the x86-64 system call table (arch/x86/entry/syscalls/syscall_64.tbl). */
const x64 = {
  read: 0,
  write: 1,
  open: 2,
  close: 3,
  poll: 7,
  rt_sigaction: 13,
  rt_sigprocmask: 14,
  ioctl: 16,
  pause: 34,
  nanosleep: 35,
  socket: 41,
  clone: 56,
  execve: 59,
  exit: 60,
  wait4: 61,
  kill: 62,
  chdir: 80,
  mkdir: 83,
  rmdir: 84,
  unlink: 87,
  symlink: 88,
  setsid: 112,
  mknod: 133,
  pivot_root: 155,
  prctl: 157,
  chroot: 161,
  sync: 162,
  mount: 165,
  umount2: 166,
  reboot: 169,
  sethostname: 170,
  init_module: 175,
  clock_settime: 227,
  unshare: 272,
  signalfd4: 289,
  dup3: 292,
  pipe2: 293,
  setns: 308,
  finit_module: 313,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  openat2: 437,
} as const;

export type SyscallName = keyof typeof x64;

export function syscallNumber(name: SyscallName): number {
  return x64[name];
}
