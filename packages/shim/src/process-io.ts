import { openReadable, openWritable } from '@hako/posix';
import type { ProcessIo } from '@hako/sandbox';
import { ShimError } from './shim-error.ts';

/** Stream places as in containerd's Create and Exec requests; empty means none. */
export interface StreamPlaces {
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Opens a caller's streams. A place is the path of a FIFO, a pipe or a terminal (`/proc/PID/fd/N` of the caller's
 * stand-in, or containerd's FIFO), with or without the scheme `fifo://`.
 *
 * @throws ShimError `bad-request` for other schemes; PosixError when a path cannot be opened
 */
export function openProcessIo(places: StreamPlaces): ProcessIo {
  const stdin = places.stdin === '' ? undefined : openReadable(streamPath(places.stdin));
  try {
    const stdout = places.stdout === '' ? undefined : openWritable(streamPath(places.stdout));
    try {
      const stderr = places.stderr === '' ? undefined : openWritable(streamPath(places.stderr));
      return { stdin, stdout, stderr };
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
