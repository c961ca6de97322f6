import { CAPABILITIES, type Capabilities, type Process, type Spec } from '@hako/oci-spec';
import { CliError } from './cli-error.ts';
import { MAX_JSON_BYTES, readJsonFile } from './read-json-file.ts';

/** What `exec` changes of the container's own process. */
export interface ExecOverrides {
  /** File with a whole OCI process; the other members are ignored then. */
  readonly processFile?: string;
  /** A terminal for the process; a process file's own wish counts as well. */
  readonly tty?: boolean;
  readonly cwd?: string;
  readonly env: readonly string[];
  /** `uid` or `uid:gid`. */
  readonly user?: string;
  readonly additionalGids: readonly string[];
  /** With or without `CAP_`, in any case. */
  readonly cap: readonly string[];
  /** False for `--no-new-privs`. */
  readonly newPrivs: boolean;
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
  if (overrides.processFile !== undefined) {
    const process = await readProcess(overrides.processFile);
    return overrides.tty === true ? { ...process, terminal: true } : process;
  }
  if (spec.process === undefined)
    throw usage('the container has no process to take settings from: use --process');
  // The size of its terminal is another one's.
  const { consoleSize: _, ...base } = spec.process;
  if (command.length === 0) throw usage('no command given: hako exec ID COMMAND [ARG...]');
  return {
    ...base,
    terminal: overrides.tty ?? false,
    args: [...command],
    env: [...(base.env ?? []), ...overrides.env],
    cwd: overrides.cwd ?? base.cwd,
    user: userOf(base.user, overrides),
    ...(overrides.cap.length === 0 ? {} : { capabilities: withCapabilities(base, overrides.cap) }),
    ...(overrides.newPrivs ? {} : { noNewPrivileges: true }),
  };
}

async function readProcess(path: string): Promise<Process> {
  const bytes = readJsonFile(path, 'the process file');
  const { parseProcess } = await import('@hako/oci-spec');
  return parseProcess(bytes, { file: path, maxLength: MAX_JSON_BYTES });
}

/** The container's user with what the options change of it, as runc does: the group stays unless it is named. */
function userOf(
  base: Process['user'],
  { user, additionalGids }: ExecOverrides,
): NonNullable<Process['user']> {
  const groups = additionalGids.map((text) => {
    if (!/^[0-9]{1,10}$/.test(text)) throw usage(`group ${JSON.stringify(text)} must be a number`);
    return Number(text);
  });
  return {
    ...base,
    ...(user === undefined ? {} : parseUser(user)),
    ...(groups.length === 0 ? {} : { additionalGids: [...(base?.additionalGids ?? []), ...groups] }),
  };
}

function parseUser(text: string): { uid: number; gid?: number } {
  const match = /^([0-9]{1,10})(?::([0-9]{1,10}))?$/.exec(text);
  if (match === null) throw usage(`user ${JSON.stringify(text)} must be UID or UID:GID in digits`);
  return { uid: Number(match[1]), ...(match[2] === undefined ? {} : { gid: Number(match[2]) }) };
}

/** Added where a process needs them to have them: bounding, permitted and effective (as runc). */
function withCapabilities({ capabilities }: Process, added: readonly string[]): Capabilities {
  const names = added.map((name) => `CAP_${name.toUpperCase().replace(/^CAP_/, '')}`);
  const bad = names.findIndex((name) => !CAPABILITIES.includes(name));
  if (bad !== -1)
    throw usage(`capability ${JSON.stringify(added[bad])} must be one that Linux has, such as NET_ADMIN`);
  const add = (set: readonly string[] = []) => [...new Set([...set, ...names])];
  return {
    ...capabilities,
    bounding: add(capabilities?.bounding),
    permitted: add(capabilities?.permitted),
    effective: add(capabilities?.effective),
  };
}

function usage(message: string): CliError {
  return new CliError('usage', message, { facts: {} });
}
