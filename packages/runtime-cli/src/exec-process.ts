import { readFileSync } from 'node:fs';
import type { Process, Spec } from '@hako/oci-spec';
import { CliError } from './cli-error.ts';

/** What `exec` changes of the container's own process. */
export interface ExecOverrides {
  /** File with a whole OCI process; the other members are ignored then. */
  readonly processFile?: string;
  readonly cwd?: string;
  readonly env: readonly string[];
  /** `uid` or `uid:gid`. */
  readonly user?: string;
}

/**
 * The process to run: the file's, or the container's with another command (as runc does).
 *
 * @throws CliError `usage`; OciSpecError for a bad process file
 */
export async function execProcess(
  spec: Spec,
  command: readonly string[],
  overrides: ExecOverrides,
): Promise<Process> {
  if (overrides.processFile !== undefined) return readProcess(overrides.processFile);
  const base = spec.process;
  if (base === undefined) throw usage('the container has no process to take settings from: use --process');
  if (command.length === 0) throw usage('no command given: hako exec ID COMMAND [ARG...]');
  return {
    ...base,
    terminal: false,
    args: [...command],
    env: [...(base.env ?? []), ...overrides.env],
    cwd: overrides.cwd ?? base.cwd,
    ...(overrides.user === undefined ? {} : { user: parseUser(overrides.user) }),
  };
}

async function readProcess(path: string): Promise<Process> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError('bad-input', `cannot read the process file ${path}: ${(cause as Error).message}`, {
      facts: { path },
      cause,
    });
  }
  const { parseProcess } = await import('@hako/oci-spec');
  return parseProcess(text, { file: path });
}

function parseUser(text: string): { uid: number; gid: number } {
  const match = /^([0-9]{1,10})(?::([0-9]{1,10}))?$/.exec(text);
  if (match === null) throw usage(`user ${JSON.stringify(text)} must be UID or UID:GID in digits`);
  return { uid: Number(match[1]), gid: Number(match[2] ?? '0') };
}

function usage(message: string): CliError {
  return new CliError('usage', message, { facts: {} });
}
