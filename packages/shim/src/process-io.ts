import { statSync } from 'node:fs';
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
 * Opens the streams of a caller that is `hako`: a place is the path of a pipe or a terminal (`/proc/PID/fd/N` of the
 * caller or its stand-in). Behind it there may also be a regular file or a socket: the descriptor itself is taken, since
 * a file opened anew would lose its offset, and a socket cannot be opened.
 *
 * @throws ShimError `bad-request` for what is no absolute path; PosixError when a path cannot be opened
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
  const fd = taken(path);
  return fd === undefined ? openWritable(path) : writableFrom(fd);
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
  if (place.startsWith('/')) return place;
  throw new ShimError('bad-request', `stream ${JSON.stringify(place)} must be an absolute path`, {
    facts: {},
  });
}
