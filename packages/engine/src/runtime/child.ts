import { native } from './native.ts';
import { syscall } from './syscall.ts';
import { checked, systemError } from './system-error.ts';

const F_DUPFD_CLOEXEC = 1030;
const AT_FDCWD = -100;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const X_OK = 1;
const ENOENT = 2;

export interface ChildOptions {
  /** Program, looked up in PATH when it has no slash, and its arguments. */
  readonly args: readonly string[];
  /** Descriptors for stdin, stdout and stderr. Default: /dev/null. */
  readonly stdio?: readonly [stdin: number, stdout: number, stderr: number];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a program as a child and answers its pid; whoever calls it waits for the child (SIGCHLD, wait4).
 * Throws SystemError when it cannot be executed.
 */
export function startChild({ args, stdio, env }: ChildOptions): number {
  const name = args[0] ?? '';
  const variables: string[] = [];
  for (const key of Object.keys(env)) if (env[key] !== undefined) variables.push(`${key}=${env[key]}`);
  const opened: number[] = [];
  const open = (fd: number, what: string): number => {
    opened.push(checked(fd, what));
    return fd;
  };
  const none =
    stdio === undefined
      ? open(syscall('openat', AT_FDCWD, '/dev/null', O_RDWR | O_CLOEXEC), 'open /dev/null')
      : -1;
  // Above 2, so that none is overwritten before it was copied.
  const above = (fd: number): number =>
    fd > 2 ? fd : open(syscall('fcntl', fd, F_DUPFD_CLOEXEC, 3), 'fcntl');
  try {
    const [stdin, stdout, stderr] = stdio ?? [none, none, none];
    const file = name.includes('/') ? name : findProgram(name, env.PATH);
    const pid = native.spawn(file, args, variables, above(stdin), above(stdout), above(stderr));
    if (pid < 0) throw systemError(pid, `spawn ${name}`, name);
    return pid;
  } finally {
    for (const fd of opened) syscall('close', fd);
  }
}

/** As execvp(3) does, but for what only an execve would tell. */
function findProgram(name: string, path = ''): string {
  let failure = -ENOENT;
  for (const dir of path.split(':')) {
    const file = `${dir}/${name}`;
    const result = syscall('faccessat', AT_FDCWD, file, X_OK);
    if (result === 0) return file;
    if (result !== -ENOENT) failure = result;
  }
  throw systemError(failure, `spawn ${name}`, name);
}
