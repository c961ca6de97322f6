import { readFileSync, rmSync } from 'node:fs';
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
  });
  if (status === 0) return;
  const message = lastError(logFile) ?? `crun ${args[0] ?? ''} failed with exit status ${status}`;
  rmSync(logFile, { force: true });
  throw new AgentError('internal', message);
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
        return entry.msg;
      }
    } catch {
      // A line that is no JSON is not crun's message.
    }
  }
  return undefined;
}
