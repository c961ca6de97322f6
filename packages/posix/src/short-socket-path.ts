import { closeSync, constants, openSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { basename, dirname } from 'node:path';
import { O_PATH } from './open-beneath.ts';
import { posixError } from './posix-error.ts';

/** Bytes of a path that fit struct sockaddr_un with its closing NUL. */
const longestSocketPath = 107;

/**
 * Calls `use` with a name of `path` that fits into a socket address. A path that is too long is reached through an open
 * descriptor of its directory, which stays open until the call that uses the name has returned. `syscall` is named in
 * PosixError ENAMETOOLONG, for a last part that is too long by itself.
 */
export function withShortSocketPath<T>(path: string, syscall: string, use: (shortPath: string) => T): T {
  if (Buffer.byteLength(path) <= longestSocketPath) return use(path);
  const directory = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY | O_PATH);
  try {
    const shortPath = `/proc/self/fd/${directory}/${basename(path)}`;
    if (Buffer.byteLength(shortPath) > longestSocketPath)
      throw posixError(syscall, osConstants.errno.ENAMETOOLONG, path);
    return use(shortPath);
  } finally {
    closeSync(directory);
  }
}
