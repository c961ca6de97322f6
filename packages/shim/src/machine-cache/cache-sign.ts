import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_STATE_ROOT } from '@hako/sandbox/state';

/** Where each cache that is served on this host has a file, whatever its endpoint. */
const SIGNS = join(DEFAULT_STATE_ROOT, '.machine-caches');

/** Says that a cache is served with that folder. */
export function putSign(folder: string, signs: string = SIGNS): void {
  mkdirSync(signs, { recursive: true, mode: 0o700 });
  writeFileSync(signOf(folder, signs), `${folder}\n`, { mode: 0o600 });
}

export function removeSign(folder: string, signs: string = SIGNS): void {
  rmSync(signOf(folder, signs), { force: true });
}

/**
 * False where no cache can be served on this host, so that nobody needs to find out where his would be. The sign of a server that was
 * killed stays until there is another one, or none is wanted any more.
 */
export function isAnySigned(signs: string = SIGNS): boolean {
  try {
    return readdirSync(signs).length > 0;
  } catch {
    return false;
  }
}

/** The end of a path tells more than its beginning, and a name has at most 255 bytes. */
function signOf(folder: string, signs: string): string {
  return join(signs, encodeURIComponent(folder).slice(-200));
}
