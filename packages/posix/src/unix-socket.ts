import { closeSync, fchmodSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { callLibc, cString } from './libc.ts';
import { fromNodeError } from './posix-error.ts';
import { withShortSocketPath } from './short-socket-path.ts';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
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
    withShortSocketPath(path, 'bind', (shortPath) => {
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
    withShortSocketPath(path, 'connect', (shortPath) => {
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
  const socket = withShortSocketPath(path, 'connect', (shortPath) => connect({ path: shortPath }));
  return await new Promise<Socket>((resolve, reject) => {
    const fail = (error: Error): void => reject(fromNodeError(error, path) as Error);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
