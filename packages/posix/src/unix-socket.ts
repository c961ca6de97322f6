import { closeSync, constants, fchmodSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { constants as osConstants } from 'node:os';
import { basename, dirname } from 'node:path';
import { callLibc, cString } from './libc.ts';
import { fromNodeError, posixError } from './posix-error.ts';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
/** Bytes of a path that fit struct sockaddr_un with its closing NUL. */
const longestSocketPath = 107;

/**
 * Calls `use` with a name of `path` that fits into a socket address. A path that is too long is reached through an open
 * descriptor of its directory, which must stay open until the call that uses the name has been made.
 */
function withShortPath<T>(path: string, syscall: string, use: (shortPath: string) => T): T {
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

export interface ListenUnixOptions {
  /** Permission bits of the socket file, exact whatever the umask. Default 0600. */
  readonly mode?: number;
  /** Connections that may wait to be accepted. Default 8. */
  readonly backlog?: number;
}

/**
 * Makes a listening stream socket at `path`, which must not exist, and returns its descriptor (close-on-exec, for a
 * child to inherit through `stdio`). Peers can connect from then on, before the child has even started.
 * The caller closes the descriptor and removes the file. Throws PosixError, e.g. EADDRINUSE.
 */
export function listenUnix(path: string, options: ListenUnixOptions = {}): number {
  const { mode = 0o600, backlog = 8 } = options;
  const fd = callLibc('socket', [AF_UNIX, SOCK_STREAM + SOCK_CLOEXEC, 0], path);
  try {
    // Linux gives the socket file the mode of the unbound socket, less the umask: nobody else can slip in between.
    fchmodSync(fd, mode);
    withShortPath(path, 'bind', (shortPath) => {
      const address = addressOf(shortPath, 'bind');
      callLibc('bind', [fd, address, address.length], path);
    });
    callLibc('listen', [fd, backlog], path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw fromNodeError(error, path);
  }
}

function addressOf(shortPath: string, syscall: string): Buffer {
  const name = cString(shortPath, syscall);
  const address = Buffer.alloc(2 + name.length);
  address.writeUInt16LE(AF_UNIX, 0);
  address.set(name, 2);
  return address;
}

/**
 * Connects to a Unix stream socket and returns the descriptor, for `sendDescriptor`. Close-on-exec; the caller closes
 * it. Waits only where the listener's backlog is full. Throws PosixError: ENOENT, ECONNREFUSED (also of a plain file).
 */
export function connectUnixDescriptor(path: string): number {
  const fd = callLibc('socket', [AF_UNIX, SOCK_STREAM + SOCK_CLOEXEC, 0], path);
  try {
    withShortPath(path, 'connect', (shortPath) => {
      const address = addressOf(shortPath, 'connect');
      callLibc('connect', [fd, address, address.length], path);
    });
    return fd;
  } catch (error) {
    closeSync(fd);
    throw fromNodeError(error, path);
  }
}

/** Accepts a connection of `listenUnix`, waiting for one. Close-on-exec; the caller closes it. Throws PosixError. */
export function acceptUnix(listener: number): number {
  return callLibc('accept4', [listener, null, null, SOCK_CLOEXEC]);
}

/** Connects to a Unix socket, however long its path. Rejects with PosixError (ENOENT, ECONNREFUSED, EACCES ...). */
export async function connectUnix(path: string): Promise<Socket> {
  const socket = withShortPath(path, 'connect', (shortPath) => connect({ path: shortPath }));
  return await new Promise<Socket>((resolve, reject) => {
    const fail = (error: Error): void => reject(fromNodeError(error, path) as Error);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
