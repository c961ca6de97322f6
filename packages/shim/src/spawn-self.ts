import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeOnExecFrom } from '@hako/posix';

/** How a process of hako's own is started. */
export interface SpawnOptions {
  /** Its name among its arguments. Default: the program's path. */
  readonly argv0?: string;
  readonly cwd?: string;
  readonly stdio: StdioOptions;
}

/** Starts this same program again in a role of its own; see spawnProgram. */
export function spawnSelf(args: readonly string[], options: SpawnOptions): ChildProcess {
  const [program, ...prefix] = selfCommand();
  return spawnProgram(program, [...prefix, ...args], options);
}

/**
 * Starts a program in a session of its own. It gets the descriptors named in
 * `stdio` and no other: what our caller leaked into us must not be kept open by a process that outlives us.
 */
export function spawnProgram(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  closeOnExecFrom(3);
  return spawn(program, args, { ...options, detached: true });
}

/** What starts this program: the compiled executable alone, or the JavaScript engine with its script. */
export function selfCommand(): readonly [program: string, ...prefix: string[]] {
  const script = process.argv[1];
  const isCompiled = script === undefined || script.startsWith('/$bunfs/');
  return isCompiled ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}
