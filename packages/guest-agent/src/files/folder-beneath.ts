import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { AgentError } from '../agent-error.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * Calls `use` with a path to the folder `path` below `root` that no link can lead elsewhere, also not one that a
 * container puts there meanwhile: each name is opened in the folder before it. `makeMode` makes the folders that are
 * missing.
 *
 * Throws AgentError `invalid-argument` for links and for `..`; what the kernel and `use` throw.
 */
export function inFolderBeneath<T>(
  root: string,
  path: string,
  use: (folder: string) => T,
  makeMode?: number,
): T {
  let fd = openSync(root, O_RDONLY | O_DIRECTORY);
  try {
    for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
      const next = openNext(`/proc/self/fd/${fd}/${name}`, { path, name }, makeMode);
      closeSync(fd);
      fd = next;
    }
    return use(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

function openNext(
  place: string,
  { path, name }: { readonly path: string; readonly name: string },
  makeMode: number | undefined,
): number {
  if (name === '..') throw refused(path, 'holds ".."');
  const open = (): number => openSync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    return open();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'ENOTDIR')
      throw refused(path, `leads through ${name}, which is no folder`);
    if (code !== 'ENOENT' || makeMode === undefined) throw error;
    mkdirSync(place, { mode: makeMode });
    return open();
  }
}

function refused(path: string, why: string): AgentError {
  return new AgentError('invalid-argument', `${JSON.stringify(path)} ${why}`, { facts: { path } });
}
