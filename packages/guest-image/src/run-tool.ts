import { spawn } from 'node:child_process';
import { GuestImageError } from './guest-image-error.ts';

/** Programs that the build runs, and the Debian package that brings each. */
const packageOfTool: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  'apt-cache': 'apt',
  'dpkg-deb': 'dpkg',
  'mkfs.erofs': 'erofs-utils',
  xz: 'xz-utils',
};

export interface RunToolOptions {
  readonly cwd?: string;
  /** Text for its standard input. */
  readonly input?: Uint8Array;
}

export interface ToolResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @throws GuestImageError `tool-missing` when it is not installed.
 */
export async function tryTool(
  tool: string,
  args: readonly string[],
  options: RunToolOptions = {},
): Promise<ToolResult> {
  const child = spawn(tool, args, {
    cwd: options.cwd,
    stdio: 'pipe',
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A tool that leaves before it has read everything says why by its status.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input);
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? toolMissing(tool, error) : error);
    });
    child.once('close', (code) => resolve(code ?? 128));
  });
  return { status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** As tryTool, but any status other than 0 is an error: `no-space` or `command-failed` with its last words. */
export async function runTool(
  tool: string,
  args: readonly string[],
  options: RunToolOptions = {},
): Promise<Buffer> {
  const { status, stdout, stderr } = await tryTool(tool, args, options);
  if (status === 0) return stdout;
  const words = lastWords(stderr);
  if (/no space left on device/i.test(stderr))
    throw new GuestImageError('no-space', `${tool}: ${words}`, { tool });
  throw new GuestImageError('command-failed', `${tool} failed with status ${status}: ${words}`, {
    tool,
    status,
  });
}

/** The last lines that a program said, without its warnings when there is something else. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => !line.startsWith('W:'));
  return (errors.length > 0 ? errors : lines).slice(-3).join('; ');
}

function toolMissing(tool: string, cause: unknown): GuestImageError {
  const name = packageOfTool[tool];
  const hint = name === undefined ? '' : `; install the Debian package ${name}`;
  const facts = name === undefined ? { tool } : { tool, package: name };
  return new GuestImageError('tool-missing', `${tool} is not installed${hint}`, facts, cause);
}
