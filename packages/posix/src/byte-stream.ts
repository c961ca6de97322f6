import { closeSync, constants, createReadStream, createWriteStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { isatty, ReadStream as TtyReadStream, WriteStream as TtyWriteStream } from 'node:tty';
import { BunPollReadable, BunPollWritable } from './byte-stream-bun.ts';
import { callLibc } from './libc.ts';
import { fromNodeError } from './posix-error.ts';

/**
 * Streams over paths that may stay silent for hours: FIFOs, terminals, another process's pipe as /proc/PID/fd/N.
 *
 * node:fs streams would keep a thread of the pool (there are four) in a blocking read or write each. Here the path is
 * opened non-blocking, on an open file description of its own (so the flag is not seen by other holders of the pipe),
 * and waits in the event loop. Regular files, and devices that never block (/dev/null, /dev/zero), use node:fs streams.
 *
 * All streams have back pressure: who does not read stops the writer, and nothing piles up in between beyond the
 * stream's high-water mark. Errors of later reads and writes (EPIPE, EIO of a hung-up terminal) come as `error` events.
 */
export function openReadable(path: string): Readable {
  const { fd, kind } = open(path, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  return readableFromFd(fd, kind);
}

/**
 * See openReadable. Regular files are written at their end, since writers that share them (stdout and stderr of one
 * command) do not share an offset with this new description. A FIFO without a reader throws PosixError ENXIO.
 */
export function openWritable(path: string): Writable {
  const flags = constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK | constants.O_APPEND;
  const { fd, kind } = open(path, flags);
  return writableFromFd(fd, kind);
}

/** See openReadable; for a descriptor, which the stream owns. A pollable one becomes non-blocking for all its holders. */
export function readableFrom(fd: number): Readable {
  return readableFromFd(fd, nonBlocking(fd));
}

/** See openWritable; for a descriptor, which the stream owns. A pollable one becomes non-blocking for all its holders. */
export function writableFrom(fd: number): Writable {
  return writableFromFd(fd, nonBlocking(fd));
}

const F_GETFL = 3;
const F_SETFL = 4;

function nonBlocking(fd: number): StreamKind {
  const kind = kindOf(fd);
  if (kind === 'file') return kind;
  callLibc('fcntl', [fd, F_SETFL, callLibc('fcntl', [fd, F_GETFL, 0]) | constants.O_NONBLOCK]);
  return kind;
}

/** `pollable` waits in the event loop, `tty` likewise; `file` never blocks for long. */
type StreamKind = 'pollable' | 'tty' | 'file';

function open(path: string, flags: number): { fd: number; kind: StreamKind } {
  let fd: number;
  try {
    fd = openSync(path, flags);
  } catch (error) {
    throw fromNodeError(error, path);
  }
  return { fd, kind: kindOf(fd) };
}

function kindOf(fd: number): StreamKind {
  const stats = fstatSync(fd);
  if (stats.isFIFO() || stats.isSocket()) return 'pollable';
  return isatty(fd) ? 'tty' : 'file';
}

const onBun = 'Bun' in globalThis;

function readableFromFd(fd: number, kind: StreamKind): Readable {
  if (kind === 'file') return createReadStream('', { fd, autoClose: true });
  if (onBun) return new BunPollReadable(fd);
  try {
    return kind === 'tty' ? new TtyReadStream(fd) : new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    closeSync(fd);
    throw fromNodeError(error);
  }
}

function writableFromFd(fd: number, kind: StreamKind): Writable {
  if (kind === 'file') return createWriteStream('', { fd, autoClose: true });
  if (onBun) return new BunPollWritable(fd);
  try {
    return kind === 'tty' ? new TtyWriteStream(fd) : new Socket({ fd, readable: false, writable: true });
  } catch (error) {
    closeSync(fd);
    throw fromNodeError(error);
  }
}
