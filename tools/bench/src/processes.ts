import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** The programs that timeProgram runs, so that they end, and no more begin, when the bench is interrupted. */
class RunningPrograms {
  readonly #running = new Set<ChildProcess>();
  #isEnded = false;

  /** SIGTERM to all; others are refused until they are allowed. */
  end(): void {
    this.#isEnded = true;
    for (const child of this.#running) child.kill('SIGTERM');
  }

  allow(): void {
    this.#isEnded = false;
  }

  throwIfEnded(): void {
    if (this.#isEnded) throw new Error('the bench was interrupted');
  }

  start(start: () => ChildProcess): ChildProcess {
    this.throwIfEnded();
    const child = start();
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }
}

export const programs: RunningPrograms = new RunningPrograms();

/**
 * Runs a program; gives the time from its start to its exit. Rejects unless it exits with 0, also when it takes longer than `timeoutMs`
 * (default: it may take any time). Its stderr is ours: a pipe would be held open by what the program leaves running.
 */
export async function timeProgram(
  program: string,
  args: readonly string[],
  { timeoutMs }: { readonly timeoutMs?: number } = {},
): Promise<number> {
  const start = performance.now();
  const child = programs.start(() =>
    spawn(program, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    }),
  );
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  const elapsedMs = performance.now() - start;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status ?? signal}`);
  return elapsedMs;
}

/** Ends a child, and waits until it has ended. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Running processes among whose arguments one contains `word`, with their arguments. */
export function findProcesses(word: string): { pid: number; args: readonly string[] }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const args = readProc(entry, 'cmdline').split('\0').slice(0, -1);
      return args.some((arg) => arg.includes(word)) ? [{ pid: Number(entry), args }] : [];
    });
}

/** Children of a process, theirs and so on. */
export function descendantsOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readProc(`${pid}/task/${thread}`, 'children')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Proportional set size: its own memory, plus its share of what it shares. */
export function proportionalMemoryMib(pid: number): number {
  return memoryMib(pid, 'Pss');
}

/** What no file backs: unlike the proportional size it does not change when others of the same program end. */
export function anonymousMemoryMib(pid: number): number {
  return memoryMib(pid, 'Pss_Anon');
}

function memoryMib(pid: number, row: 'Pss' | 'Pss_Anon'): number {
  const kib = new RegExp(`^${row}: +(\\d+) kB$`, 'm').exec(readProc(`${pid}`, 'smaps_rollup'))?.[1];
  if (kib === undefined) throw new Error(`no memory figures of process ${pid}`);
  return Number(kib) / 1024;
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
