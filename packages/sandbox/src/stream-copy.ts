import type { Writable } from 'node:stream';

/**
 * Moves a guest process's output to `sink` until its end, and ends the sink. A piece is asked for when the one before
 * has been taken: a slow reader slows the process, not our memory. A sink that fails (reader gone) is dropped and the
 * rest discarded, so that the process can end.
 */
export async function copyOutput(
  pieces: AsyncIterable<Uint8Array>,
  sink: Writable | undefined,
): Promise<void> {
  let open = sink;
  // The failure of a write is seen at the write; one in between must not be an uncaught exception.
  open?.on('error', () => {});
  for await (const piece of pieces) {
    if (open !== undefined && !(await write(open, piece))) open = undefined;
  }
  if (open !== undefined) await end(open);
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
