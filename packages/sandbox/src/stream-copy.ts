import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a piece may wait for its reader once the process has been killed (as in containerd's own shim). */
const PATIENCE_MS = 10_000;

/**
 * Moves a guest process's output to `sink` until its end, and ends the sink. A piece is asked for when the one before
 * has been taken: a slow reader slows the process, not our memory. When the sink fails (its reader has gone) the pieces
 * are left, which closes the process's pipe; so they are when nobody reads although the process was `killed`, after some
 * patience. Without a sink everything is read and discarded, as by /dev/null.
 */
export async function copyOutput(
  pieces: AsyncIterable<Uint8Array>,
  sink: Writable | undefined,
  killed?: AbortSignal,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  // The failure of a write is seen at the write; one in between must not be an uncaught exception.
  sink?.on('error', () => {});
  for await (const piece of pieces) {
    if (sink !== undefined && !(await orGivenUp(write(sink, piece), killed, patienceMs))) {
      sink.destroy();
      return;
    }
  }
  if (sink !== undefined) await orGivenUp(end(sink), killed, patienceMs);
  sink?.destroy();
}

/** False where it takes too long after `killed`. */
async function orGivenUp(
  taken: Promise<boolean>,
  killed: AbortSignal | undefined,
  patienceMs: number,
): Promise<boolean> {
  if (killed === undefined) return taken;
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const settled = new AbortController();
  const wait = (): void => {
    delay(patienceMs, false as const, { signal: settled.signal }).then(resolve, () => {});
  };
  if (killed.aborted) wait();
  else killed.addEventListener('abort', wait, { once: true });
  try {
    return await Promise.race([taken, late]);
  } finally {
    killed.removeEventListener('abort', wait);
    settled.abort();
  }
}

/** Resolves when the sink has taken the bytes (false: it failed). */
async function write(sink: Writable, bytes: Uint8Array): Promise<boolean> {
  if (sink.destroyed || sink.errored) return false;
  return new Promise((resolve) => {
    sink.write(bytes, (error) => resolve(error === null || error === undefined));
  });
}

async function end(sink: Writable): Promise<boolean> {
  if (sink.destroyed) return false;
  return new Promise((resolve) => {
    sink.once('close', () => resolve(true));
    sink.end(() => resolve(true));
  });
}
