import type { Spawn } from './linux-machine.ts';

interface BunProcess {
  readonly pid: number;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  readonly exited: Promise<number>;
}
interface BunSpawn {
  spawn(args: readonly string[], options: { readonly stdio: readonly unknown[] }): BunProcess;
}

/** Starts programs with the engine's own call: node:child_process takes a third of a second to load when emulated. */
export const bunSpawn: Spawn = ({ args, stdio }) => {
  const { Bun } = globalThis as unknown as { readonly Bun: BunSpawn };
  const child = Bun.spawn(args, { stdio: stdio ?? ['ignore', 'ignore', 'ignore'] });
  return { pid: child.pid, exited: child.exited };
};
