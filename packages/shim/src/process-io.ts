import { constants, openSync, statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { openReadable, openWritable, readableFrom, takeDescriptor, writableFrom } from '@hako/posix';
import type { ProcessIo } from '@hako/sandbox';
import { ShimError } from './shim-error.ts';

/** Stream places as in containerd's Create and Exec requests; empty means none. */
export interface StreamPlaces {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  /** The process has a terminal, and no stderr. */
  readonly terminal: boolean;
}

/**
 * Opens a caller's streams. A place is the path of a FIFO, a pipe or a terminal (`/proc/PID/fd/N` of the caller or its
 * stand-in, or containerd's FIFO), with or without the scheme `fifo://`. Behind `/proc/PID/fd/N` there may also be a
 * regular file or a socket: the descriptor itself is taken, since a file opened anew would lose its offset, and a
 * socket cannot be opened.
 *
 * @throws ShimError `bad-request` for other schemes; PosixError when a path cannot be opened
 */
export function openProcessIo(places: StreamPlaces): ProcessIo {
  const { terminal } = places;
  const stdin = places.stdin === '' ? undefined : readable(streamPath(places.stdin));
  try {
    const stdout = places.stdout === '' ? undefined : writable(streamPath(places.stdout));
    try {
      const stderr = places.stderr === '' || terminal ? undefined : writable(streamPath(places.stderr));
      return { stdin, stdout, stderr, terminal };
    } catch (error) {
      stdout?.destroy();
      throw error;
    }
  } catch (error) {
    stdin?.destroy();
    throw error;
  }
}

/** Closes streams whose process was not made. */
export function closeProcessIo({ stdin, stdout, stderr }: ProcessIo): void {
  for (const stream of [stdin, stdout, stderr]) stream?.destroy();
}

function readable(path: string): Readable {
  const fd = taken(path);
  return fd === undefined ? openReadable(path) : readableFrom(fd);
}

function writable(path: string): Writable {
  const fd = taken(path) ?? heldFifo(path);
  return fd === undefined ? openWritable(path) : writableFrom(fd);
}

/**
 * A FIFO by its name is opened for reading too, and so has a reader at any moment: containerd opens its end when it comes
 * to it, and leaves and comes again when it is restarted, of which the process is to notice nothing.
 */
function heldFifo(path: string): number | undefined {
  if (path.startsWith('/proc/') || statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true)
    return undefined;
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
}

/** The descriptor of another process that a path names, where opening the path would not give the same. */
function taken(path: string): number | undefined {
  const [, pid, fd] = /^\/proc\/([0-9]+)\/fd\/([0-9]+)$/.exec(path) ?? [];
  if (pid === undefined || fd === undefined) return undefined;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true && stats?.isSocket() !== true) return undefined;
  return takeDescriptor(Number(pid), Number(fd));
}

function streamPath(place: string): string {
  const path = place.startsWith('fifo://') ? place.slice('fifo://'.length) : place;
  if (path.startsWith('/')) return path;
  throw new ShimError(
    'bad-request',
    `stream ${JSON.stringify(place)} is neither an absolute path nor a fifo:// address`,
    {
      facts: {},
    },
  );
}
