import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Runs a program to its end; gives the time from its start to its exit. Rejects with its stderr unless it exits with 0. */
export function timeProgram(program: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.on('error', reject);
  let elapsedMs = 0;
  child.on('exit', () => {
    elapsedMs = performance.now() - start;
  });
  child.on('close', (status, signal) => {
    if (status === 0) resolve(elapsedMs);
    else reject(new Error(`${program} ${args.join(' ')} ended with ${status ?? signal}:\n${stderr}`));
  });
  return promise;
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

/** Proportional set size: its own memory, plus its share of what it shares. */
export function proportionalMemoryMib(pid: number): number {
  const kib = /^Pss: +(\d+) kB$/m.exec(readProc(`${pid}`, 'smaps_rollup'))?.[1];
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
