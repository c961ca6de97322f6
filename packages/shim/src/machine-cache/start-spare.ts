import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { SandboxConfig } from '@hako/oci-translate';
import { clearSpareFolder, type Host } from '@hako/sandbox';
import { spawnSelf } from '../spawn-self.ts';
import { CONTROL_FD } from '../start-server.ts';
import type { PooledSpare } from './spare-pool.ts';

/** Word that makes this program one that has a machine ready. */
const SPARE_ROLE = 'spare';
/** In a spare's folder: what it prints, what its machine is for, where it takes its order. */
const SPARE_LOG = 'spare.log';
export const SPARE_CONFIG = 'sandbox.json';
export const SPARE_SOCKET = 'spare.sock';

/** What it says on its control stream, a word a line. */
export type SpareWord = 'ready' | 'taken';

/**
 * Starts this program as one that has a machine ready, and waits until it has. It ends when this process does, unless it was taken.
 *
 * @throws Error with the end of its log; nothing of it is left then
 */
export async function startSpare(
  config: SandboxConfig,
  place: string,
  host: Host,
  signal: AbortSignal,
): Promise<PooledSpare> {
  // Never the same again: in the journal of a sandbox it stands for one machine.
  const folder = join(place, randomBytes(6).toString('hex'));
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, SPARE_CONFIG), JSON.stringify(config), { mode: 0o600 });
  const log = openSync(join(folder, SPARE_LOG), 'a', 0o600);
  const child = spawnSelf([SPARE_ROLE, folder], { cwd: folder, stdio: ['ignore', log, log, 'pipe'] });
  closeSync(log);
  const control = child.stdio[CONTROL_FD] as Duplex;
  control.on('error', () => {});
  const end = (): void => void control.destroy();
  signal.addEventListener('abort', end);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const words = new Set<SpareWord>();
  const ready = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const lines = createInterface({ input: control });
  lines.on('line', (line) => {
    words.add(line as SpareWord);
    if (line === 'ready') ready.resolve();
    if (line === 'taken') taken.resolve();
  });
  const { pid } = child;
  await Promise.race([ready.promise, ended]);
  signal.removeEventListener('abort', end);
  if (pid === undefined || !words.has('ready')) {
    const why = lastWords(join(folder, SPARE_LOG));
    await clearSpareFolder(folder, host);
    throw new Error(why);
  }
  const gone = Promise.race([taken.promise, ended]).then(async () => {
    if (words.has('taken')) {
      child.unref();
      control.destroy();
      return 'taken' as const;
    }
    await clearSpareFolder(folder, host).catch(() => {});
    return 'ended' as const;
  });
  return { pid, socket: join(folder, SPARE_SOCKET), gone, end };
}

function lastWords(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-2).join(' | ').slice(-1000);
  } catch {
    return 'it ended without a word';
  }
}
