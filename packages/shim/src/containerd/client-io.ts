import { constants, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { fromNodeError, openReadable, openWritable, writableFrom } from '@hako/posix';
import type { ProcessIo } from '@hako/sandbox';
import { closeProcessIo, type StreamPlaces } from '../process-io.ts';
import { ShimError } from '../shim-error.ts';
import { type LoggedProcess, startLogger } from './logger-program.ts';

/**
 * Opens the streams that a client of containerd names, as containerd's own shim does: paths and `fifo://` are FIFOs,
 * `file://` is a file that is appended to, `binary://` a program that gets the output (see startLogger).
 *
 * A FIFO that is written to is held open at both ends: a client need not be there yet, may go, and may come back (after
 * containerd was started anew, say), and the process waits meanwhile once the FIFO is full. Of the input the end is seen
 * when the last writer has gone, but not before there was one.
 *
 * @throws ShimError `bad-request` for other schemes and for programs that do not start; PosixError when a path cannot be opened
 */
export async function openClientIo(places: StreamPlaces, process: LoggedProcess): Promise<ProcessIo> {
  const { stdin, stdout, stderr, terminal } = places;
  const io: { -readonly [Name in keyof ProcessIo]: ProcessIo[Name] } = { terminal };
  try {
    if (stdin !== '') io.stdin = openReadable(pathOf(stdin, ['', 'fifo']));
    if (stdout.startsWith('binary:')) return { ...io, ...(await startLogger(stdout, process)) };
    if (stdout !== '') io.stdout = openOutput(stdout);
    if (stderr !== '' && !terminal) io.stderr = openOutput(stderr);
    return io;
  } catch (error) {
    closeProcessIo(io);
    throw error;
  }
}

function openOutput(place: string): Writable {
  const path = pathOf(place, ['', 'fifo', 'file']);
  if (!place.startsWith('file:')) return openFifo(path);
  mkdirSync(dirname(path), { recursive: true });
  let fd: number;
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o644);
  } catch (error) {
    throw fromNodeError(error, path);
  }
  return writableFrom(fd);
}

function openFifo(path: string): Writable {
  // A device such as /dev/null is no FIFO and may not be readable.
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return openWritable(path);
  }
  return writableFrom(fd);
}

/** The path of a place whose scheme is one of these. */
function pathOf(place: string, schemes: readonly string[]): string {
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/s.exec(place) ?? [];
  if (!schemes.includes(scheme) || !rest.startsWith('/')) {
    throw new ShimError(
      'bad-request',
      `stream ${JSON.stringify(place)} must be an absolute path${schemes
        .filter((name) => name !== '')
        .map((name) => `, ${name}:///path`)
        .join('')}`,
      { facts: {} },
    );
  }
  return scheme === '' ? rest : decodeURIComponent(rest.replace(/\?.*$/s, ''));
}
