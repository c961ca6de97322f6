import { closeSync } from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';
import { makePipe, openReadable, openWritable } from '@hako/posix';

/** One of our standard streams, carried through a pipe whose other end the shim opens. */
export interface RelayedStream {
  /** Our descriptor of the end that is for the shim. */
  readonly offeredFd: number;
  /** The shim has opened its end: ours is closed, so that ends of stream are seen. */
  taken(): void;
  /** Waits until output has gone where it should; input needs no wait. */
  finish(): Promise<void>;
}

/** Relays stdin (0) into, or stdout (1) or stderr (2) out of, a pipe made here. */
export function relayStream(fd: 0 | 1 | 2): RelayedStream {
  const [readFd, writeFd] = makePipe();
  const offeredFd = fd === 0 ? readFd : writeFd;
  const ownFd = fd === 0 ? writeFd : readFd;
  const moved = fd === 0 ? relayIn(ownFd) : relayOut(ownFd, fd);
  closeSync(ownFd);
  return {
    offeredFd,
    taken: () => closeSync(offeredFd),
    finish: () => moved,
  };
}

/** The pipe is opened anew by its /proc path, which makes it non-blocking for us alone. */
function relayIn(writeFd: number): Promise<void> {
  pipeline(process.stdin, openWritable(`/proc/self/fd/${writeFd}`)).catch(() => {
    // The container closed its stdin, or our caller's socket broke: either way nothing more is to be carried.
  });
  return Promise.resolve();
}

function relayOut(readFd: number, fd: 1 | 2): Promise<void> {
  const source = openReadable(`/proc/self/fd/${readFd}`);
  const sink = fd === 1 ? process.stdout : process.stderr;
  sink.on('error', () => source.destroy());
  source.pipe(sink, { end: false });
  return finished(source).catch(() => {});
}
