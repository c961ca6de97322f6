import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const known = new Map<string, Promise<string>>();

/** What a program prints for `--version`. Asked once per version of its file. Rejects when it cannot be run, or fails. */
export async function programVersion(program: string): Promise<string> {
  const { dev, ino, mtimeMs } = await stat(program);
  const key = `${program} ${dev} ${ino} ${mtimeMs}`;
  const asked = known.get(key) ?? ask(program);
  known.set(key, asked);
  // One that could not be run may be made to.
  asked.catch(() => known.delete(key));
  return await asked;
}

async function ask(program: string): Promise<string> {
  const limits = { timeout: 10_000, maxBuffer: 65_536 };
  const { stdout } = await promisify(execFile)(program, ['--version'], limits);
  return stdout;
}
