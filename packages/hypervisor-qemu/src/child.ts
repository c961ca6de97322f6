import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { keepingCapabilities, PosixError } from '@hako/posix';
import { type ChildNeeds, childTools, childWords } from './child-words.ts';
import { ConsoleLog, timeStamp } from './console-log.ts';
import { OutputTail } from './output-tail.ts';
import { type QemuError, qemuError } from './qemu-error.ts';
import { hasSelinux, underLabel } from './selinux.ts';

export interface ChildOptions extends ChildNeeds {
  /** First word of argv. Default: the program. */
  readonly argv0?: string;
  /** Descriptors that the child gets as 3, 4, ... */
  readonly inherit: readonly number[];
  /** It keeps its capabilities when it takes another user's id, where we may grant that. Default false. */
  readonly keepsCapabilities?: boolean;
  /** File that gets what it prints on stderr. Default: none; the last lines are kept in any case. */
  readonly stderrLog?: string;
}

export interface ChildExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A program that runs beside us: in a session of its own (a Ctrl-C in our terminal is not for it), with nothing
 * inherited but what is named, its stderr kept.
 */
export class Child {
  readonly pid: number;
  /** Standard output. Must be read, or the child stalls when it is full. */
  readonly stdout: Readable;
  /** Resolves when the process has been reaped. */
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcess;
  readonly #stderr: OutputTail | ConsoleLog;

  private constructor(
    process: ChildProcess,
    pid: number,
    stdout: Readable,
    stderr: Readable,
    stderrLog: string | undefined,
  ) {
    this.#process = process;
    this.pid = pid;
    this.stdout = stdout;
    this.#stderr =
      stderrLog === undefined ? tailOf(stderr) : new ConsoleLog(stderr, stderrLog, { stamp: timeStamp });
    // The end of these pipes is no news beside the end of the process.
    stderr.on('error', () => undefined);
    // `close` comes after `exit` and after the last byte of stderr, so that the tail is whole.
    this.exited = new Promise((resolve) => {
      process.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
    });
  }

  /** Rejects with QemuError `start-failed` when the program cannot be executed. */
  static async start(options: ChildOptions): Promise<Child> {
    const { program, inherit } = options;
    const tools = childTools();
    const selinuxLabel = hasSelinux() ? options.selinuxLabel : undefined;
    const [first = program, ...rest] = childWords({ ...options, selinuxLabel }, tools);
    const startPlain = (): ChildProcess =>
      spawn(first, rest, {
        ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
        cwd: '/',
        detached: true,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'pipe', ...inherit],
      });
    const isOurs = selinuxLabel !== undefined && !(options.dieWithParent && tools.setpriv !== undefined);
    const start = (): ChildProcess => (isOurs ? underLabel(selinuxLabel, startPlain) : startPlain());
    const process = options.keepsCapabilities === true ? withCapabilities(start) : start();
    const { stdout, stderr } = process;
    return await new Promise<Child>((resolve, reject) => {
      process.once('error', (error) => reject(notStarted(program, error)));
      process.once('spawn', () => {
        if (process.pid === undefined || stdout === null || stderr === null)
          reject(notStarted(program, new Error('the engine gave no pid or pipes')));
        else resolve(new Child(process, process.pid, stdout, stderr, options.stderrLog));
      });
    });
  }

  get stderrTail(): readonly string[] {
    return this.#stderr.lines();
  }

  /** What it prints on stderr goes to another file from now on; nothing where there is none. See ConsoleLog. */
  logTo(path: string): void {
    if (this.#stderr instanceof ConsoleLog) this.#stderr.moveTo(path);
  }

  /** SIGKILL, to this process alone. Nothing happens when it has ended. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** SIGKILL to every process of its session. */
  killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // ESRCH: none is left.
    }
  }
}

/** Without CAP_SETPCAP it is started as any other. */
function withCapabilities(start: () => ChildProcess): ChildProcess {
  try {
    return keepingCapabilities(start);
  } catch (error) {
    if (error instanceof PosixError && error.code === 'EPERM') return start();
    throw error;
  }
}

function tailOf(stream: Readable): OutputTail {
  const tail = new OutputTail();
  stream.on('data', (chunk: Uint8Array) => tail.append(chunk));
  return tail;
}

function notStarted(program: string, cause: Error): QemuError {
  return qemuError('start-failed', `cannot start ${program}: ${cause.message}`, { program }, cause);
}

/** `exited with status 1` or `was killed by SIGSEGV`. */
export function describeExit({ exitCode, signal }: ChildExit): string {
  return signal === null ? `exited with status ${exitCode}` : `was killed by ${signal}`;
}

/** What the end of QEMU means; undefined where its signal or status says nothing in particular. */
export function causeOf({ signal }: ChildExit): string | undefined {
  // The page of a file that cannot be had: the one in which a template's memory is made, or huge pages.
  return signal === 'SIGBUS' ? 'SIGBUS: no space left for its memory' : undefined;
}
