import { native } from './native.ts';
import { resetSignals } from './signals.ts';
import { syscall } from './syscall.ts';
import { checked, systemError } from './system-error.ts';
import { TextEncoder } from './text.ts';

const SIGCHLD = 17;
const O_CLOEXEC = 0o2000000;
const F_DUPFD = 0;
const F_SETFD = 2;
const AT_FDCWD = -100;
const O_RDWR = 2;
const ENOENT = 2;
const ENOTDIR = 20;
const EACCES = 13;
const pointerBytes = 8;

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
  // All memory is made before the fork: what the child does costs it a page each.
  const variables = Object.entries(env).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}`],
  );
  const [argv, envp] = [new CStrings(args), new CStrings(variables)];
  const files = name.includes('/') ? [name] : (env.PATH ?? '').split(':').map((dir) => `${dir}/${name}`);
  const report = new Int32Array(2);
  checked(syscall('pipe2', report, O_CLOEXEC), 'pipe2');
  const [readEnd = -1, writeEnd = -1] = report;
  const pid = syscall('clone', SIGCHLD, 0, 0, 0, 0);
  if (pid === 0) {
    const failure = new Int32Array([becomeProgram(files, argv, envp, stdio)]);
    syscall('write', writeEnd, failure, 4);
    for (;;) syscall('exit_group', 127);
  }
  syscall('close', writeEnd);
  const failure = new Int32Array(1);
  // Until the program is executed, which closes the other end.
  const told = pid < 0 ? 0 : syscall('read', readEnd, failure, 4);
  syscall('close', readEnd);
  if (pid < 0) throw systemError(pid, 'fork');
  if (told === 4) {
    syscall('wait4', pid, null, 0, null);
    throw systemError(failure[0] ?? 0, `spawn ${name}`, name);
  }
  return pid;
}

/** In the child. Comes back only with an error: minus its errno. */
function becomeProgram(
  files: readonly string[],
  argv: CStrings,
  envp: CStrings,
  stdio: ChildOptions['stdio'],
): number {
  resetSignals();
  const sources = stdio ?? openNull();
  // Above 2 first, so that none is overwritten before it was copied.
  const copies = sources.map((fd) => (fd > 2 ? fd : syscall('fcntl', fd, F_DUPFD, 3)));
  for (const [target, fd] of copies.entries()) {
    const result = syscall('dup3', fd, target, 0);
    if (result < 0) return result;
    if (fd !== sources[target]) syscall('fcntl', fd, F_SETFD, 1);
  }
  let failure = -ENOENT;
  for (const file of files) {
    const result = syscall('execve', file, argv.pointers, envp.pointers);
    // As execvp(3) does.
    if (result !== -ENOENT && result !== -ENOTDIR) failure = result;
    if (result !== -ENOENT && result !== -ENOTDIR && result !== -EACCES) break;
  }
  return failure;
}

function openNull(): readonly number[] {
  const fd = syscall('openat', AT_FDCWD, '/dev/null', O_RDWR | O_CLOEXEC);
  return [fd, fd, fd];
}

/** An array of pointers to texts, as execve(2) takes it. */
class CStrings {
  readonly pointers: BigUint64Array;
  /** Holds the texts; must live as long as the pointers are used. */
  readonly texts: Uint8Array;

  constructor(texts: readonly string[]) {
    const encoder = new TextEncoder();
    const encoded = texts.map((text) => encoder.encode(`${text}\0`));
    this.texts = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0) + pointerBytes);
    this.pointers = new BigUint64Array(texts.length + 1);
    const address = native.address(this.texts);
    let at = 0;
    for (const [index, bytes] of encoded.entries()) {
      this.texts.set(bytes, at);
      this.pointers[index] = BigInt(address + at);
      at += bytes.length;
    }
  }
}
