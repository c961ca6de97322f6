import type { Writable } from 'node:stream';

/**
 * Moves a guest process's output to `sink` until its end, and ends the sink. A piece is asked for when the one before
 * has been taken: a slow reader slows the process, not our memory. When the sink fails (its reader has gone) the pieces
 * are left, which closes the process's pipe. Without a sink everything is read and discarded, as by /dev/null.
 */
export async function copyOutput(
  pieces: AsyncIterable<Uint8Array>,
  sink: Writable | undefined,
): Promise<void> {
  // The failure of a write is seen at the write; one in between must not be an uncaught exception.
  sink?.on('error', () => {});
  for await (const piece of pieces) {
    if (sink !== undefined && !(await write(sink, piece))) return;
  }
  if (sink !== undefined) await end(sink);
}

/** Resolves when the sink has taken the bytes (false: it failed). */
async function write(sink: Writable, bytes: Uint8Array): Promise<boolean> {
  if (sink.destroyed || sink.errored) return false;
  return new Promise((resolve) => {
    sink.write(bytes, (error) => resolve(error === null || error === undefined));
  });
}

async function end(sink: Writable): Promise<void> {
  if (sink.destroyed) return;
  await new Promise<void>((resolve) => {
    sink.once('close', () => resolve());
    sink.end(() => resolve());
  });
}
