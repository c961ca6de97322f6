import { closeSync, constants, openSync, readFileSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { AgentError } from './agent-error.ts';
import type { Command, Machine } from './system/machine.ts';

/**
 * Runs one crun command. Its messages go to a file, since its stderr is the container's.
 * Throws AgentError `internal` with crun's own message.
 */
export async function crun(
  machine: Machine,
  logFile: string,
  args: readonly string[],
  stdio?: Command['stdio'],
): Promise<void> {
  const status = await machine.run({
    args: ['crun', '--log', logFile, '--log-format', 'json', ...args],
    ...(stdio === undefined ? {} : { stdio }),
    fixedAddresses: true,
  });
  // crun makes it also when it has nothing to say, and a container may have any number of execs.
  const message = status === 0 ? undefined : lastError(logFile);
  rmSync(logFile, { force: true });
  if (status === 0) return;
  throw new AgentError('internal', message ?? `crun ${args[0] ?? ''} failed with exit status ${status}`);
}

/**
 * Lets the first process of a created container run the user's command, as `crun start` does, without a crun: it waits
 * for a byte from this FIFO, whose absence marks the container as running. For a container without poststart hooks.
 * False when it cannot be done that way, with nothing changed.
 */
export function releaseInit(id: string, stateDir: string = '/run/crun'): boolean {
  const fifo = `${stateDir}/${id}/exec.fifo`;
  let fd: number;
  try {
    // Without a reader, which is the first process, this fails.
    fd = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    unlinkSync(fifo);
    writeSync(fd, '0');
  } finally {
    closeSync(fd);
  }
  return true;
}

/** crun wraps the message of its child, a JSON line itself, in one of its own. */
function innermost(message: string): string {
  try {
    const entry: unknown = JSON.parse(message);
    if (typeof entry === 'object' && entry !== null && 'msg' in entry && typeof entry.msg === 'string') {
      return entry.msg;
    }
  } catch {
    // The message as it should be.
  }
  return message;
}

/** The last message in a log of JSON lines. */
function lastError(logFile: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(logFile, 'utf8');
  } catch {
    return undefined;
  }
  for (const line of text.trimEnd().split('\n').reverse()) {
    try {
      const entry: unknown = JSON.parse(line);
      if (typeof entry === 'object' && entry !== null && 'msg' in entry && typeof entry.msg === 'string') {
        return innermost(entry.msg);
      }
    } catch {
      // A line that is no JSON is not crun's message.
    }
  }
  return undefined;
}
