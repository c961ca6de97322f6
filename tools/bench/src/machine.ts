import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';

/** What the figures were taken on; without it they mean little. */
export function describeMachine(workspace: string): Record<string, string | number> {
  const firstLine = (program: string, ...args: string[]): string => {
    try {
      return execFileSync(program, args, {
        encoding: 'utf8',
        cwd: workspace,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .split('\n', 1)
        .join('');
    } catch {
      return 'not found';
    }
  };
  return {
    commit: firstLine('git', 'describe', '--always', '--dirty'),
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    memoryMib: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    qemu: firstLine('qemu-system-x86_64', '--version'),
    crun: firstLine('crun', '--version'),
  };
}
