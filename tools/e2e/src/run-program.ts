import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

export interface ProgramOptions {
  /** Bytes for its stdin, which is closed after them. Default none. */
  readonly input?: string;
  /** A terminal that it gets, and owns, in place of all three streams; the result then holds nothing that it says. */
  readonly terminalFd?: number;
  /** Leaves its stdin open, for `onStart` to write and close. */
  readonly keepsStdin?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** It is killed after this time and the promise rejects, showing what it said. Default 120 s. */
  readonly timeoutMs?: number;
  /**
   * Set where a process that the program leaves behind keeps its output open: the result is there when the program
   * itself ends well.
   */
  readonly leavesProcess?: boolean;
  /** Called with the child as soon as it is started, e.g. to send it signals. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs a program to its end and gives all that it said. Any exit status is a result; only a time-out rejects. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const start = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<ProgramResult>();
  const { cwd, env, terminalFd } = options;
  const stdio = terminalFd === undefined ? 'pipe' : [terminalFd, terminalFd, terminalFd];
  const child: ChildProcess = spawn(program, args, { cwd, env, stdio });
  if (terminalFd !== undefined) closeSync(terminalFd);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A program may end without reading what we have for it.
  child.stdin?.on('error', () => undefined);
  if (options.keepsStdin !== true) child.stdin?.end(options.input ?? '');
  const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString();
  const timeoutMs = options.timeoutMs ?? 120_000;
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    const said = `stdout:\n${text(stdout)}\nstderr:\n${text(stderr)}`;
    reject(new Error(`${program} ${args.join(' ')} did not end within ${timeoutMs} ms\n${said}`));
  }, timeoutMs);
  child.on('error', reject);
  const done = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
    clearTimeout(timer);
    resolve({
      exitCode,
      signal,
      stdout: text(stdout),
      stderr: text(stderr),
      durationMs: performance.now() - start,
    });
  };
  // One that fails leaves nothing behind, and all that it said is wanted.
  if (options.leavesProcess === true)
    child.on('exit', (exitCode, signal) => exitCode === 0 && done(exitCode, signal));
  child.on('close', done);
  options.onStart?.(child);
  return promise;
}
