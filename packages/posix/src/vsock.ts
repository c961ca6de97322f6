import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { bothWays } from './both-ways.ts';
import { callLibc } from './libc.ts';
import { isPosixError, type PosixError, posixError } from './posix-error.ts';
import { ThreadStream } from './thread-stream.ts';

const AF_VSOCK = 40;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const POLLOUT = 4;
/** Between two looks at what comes of connecting. */
const PAUSE_MS = 10;

/** What connecting to a guest that has not come so far ends with: no machine, no driver, nobody who listens. */
const NOT_YET = new Set(['ENODEV', 'ETIMEDOUT', 'ECONNRESET', 'ECONNREFUSED', 'EHOSTUNREACH', 'EPIPE']);

/** Address of the host's kernel for virtual machines: vsock(7). */
export interface VsockAddress {
  /** Of the machine; 2 is the host, 1 whoever asks. */
  readonly contextId: number;
  readonly port: number;
}

export interface ConnectVsockOptions {
  /** How long to try. Default: until `signal` aborts. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** struct sockaddr_vm. */
export function encodeVsockAddress({ contextId, port }: VsockAddress): Uint8Array {
  const address = Buffer.alloc(16);
  address.writeUInt16LE(AF_VSOCK, 0);
  address.writeUInt32LE(port, 4);
  address.writeUInt32LE(contextId, 8);
  return address;
}

/**
 * Connects to a port of a machine, again and again until somebody listens there. With Node each connection keeps threads of its
 * pool (see ThreadStream); with Bun none.
 *
 * @throws PosixError `ETIMEDOUT` when the time is over, with the last answer as its cause; `EAFNOSUPPORT` where the kernel has no
 * vsock, and whatever else does not pass with time. The signal's reason.
 */
export async function connectVsock(
  address: VsockAddress,
  options: ConnectVsockOptions = {},
): Promise<Duplex> {
  const { timeoutMs = Number.POSITIVE_INFINITY, signal } = options;
  const endMs = performance.now() + timeoutMs;
  const encoded = encodeVsockAddress(address);
  for (;;) {
    const fd = callLibc('socket', [AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0]);
    let failure: PosixError;
    try {
      const outcome = await connected(fd, encoded, endMs, signal);
      if (outcome === undefined) return 'Bun' in globalThis ? bothWays(fd) : new ThreadStream(fd);
      failure = outcome;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
    if (performance.now() >= endMs) throw timeout(address, failure);
    await delay(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
}

/** Undefined for a connection, or why there is none yet. Throws what does not pass with time. */
async function connected(
  fd: number,
  address: Uint8Array,
  endMs: number,
  signal: AbortSignal | undefined,
): Promise<PosixError | undefined> {
  try {
    callLibc('connect', [fd, address, address.length]);
    return undefined;
  } catch (error) {
    if (!isPosixError(error)) throw error;
    if (NOT_YET.has(error.code)) return error;
    if (error.code !== 'EINPROGRESS') throw error;
  }
  // There is no event for it that both Node and Bun would tell.
  while (!isSettled(fd)) {
    if (performance.now() >= endMs) return posixError('connect', constants.errno.ETIMEDOUT);
    await delay(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
  const value = Buffer.alloc(4);
  callLibc('getsockopt', [fd, SOL_SOCKET, SO_ERROR, value, Buffer.from([4, 0, 0, 0])]);
  const errno = value.readInt32LE();
  if (errno === 0) return undefined;
  const error = posixError('connect', errno);
  if (NOT_YET.has(error.code)) return error;
  throw error;
}

function isSettled(fd: number): boolean {
  const entry = Buffer.alloc(8);
  entry.writeInt32LE(fd, 0);
  entry.writeInt16LE(POLLOUT, 4);
  return callLibc('poll', [entry, 1, 0]) > 0;
}

function timeout({ contextId, port }: VsockAddress, cause: PosixError): PosixError {
  const error = posixError('connect', constants.errno.ETIMEDOUT, `vsock://${contextId}:${port}`);
  error.cause = cause;
  return error;
}
