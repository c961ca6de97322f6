import type { AgentService } from '@hako/agent-protocol';
import type { ServiceClient } from '@hako/ttrpc';
import { AgentError } from './agent-error.ts';

/** Settings of a stream of a process. */
export interface StreamOptions {
  /**
   * Most bytes per call, 1 to 2 MiB. Default 2 MiB: what a pipe of hako's agent holds (64 KiB in Kata's), so a larger piece
   * would only wait in the guest, and a smaller one costs a round trip more.
   */
  readonly pieceBytes?: number;
  readonly signal?: AbortSignal;
  /**
   * The call that makes the process, where it has no answer yet. An agent that knows the process by then, as hako's does,
   * answers without a further round trip; with another one the first call is made again after it.
   */
  readonly started?: Promise<unknown>;
}

/** A process in a container. */
export interface ProcessIds {
  readonly containerId: string;
  readonly execId: string;
}

type Calls = ServiceClient<AgentService>;
type Piece = Promise<{ readonly data: Uint8Array }>;

/** After so much, more is on its way: the next piece is asked for while this one is taken. */
const muchBytes = 64 << 10;
const defaultPieceBytes = 2 << 20;
const mostPieceBytes = 2 << 20;

/**
 * Reads with `read` until the end of the stream. One call at a time, each when the consumer asks for more, or, after a large
 * piece, when that has come, so that guest and consumer work side by side; a second piece is all that is held. A consumer
 * that leaves before the end is told to the agent by a read of no bytes: hako's closes the process's pipe, and the
 * process gets SIGPIPE when it writes; others ignore it.
 */
export async function* readProcessStream(
  read: Calls['readStdout'],
  ids: ProcessIds,
  options: StreamOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const len = pieceBytesOf(options, ids);
  let isLeft = false;
  const readPiece = (): Piece => read({ ...ids, len }, callOptions(options));
  let coming: Piece | undefined = onceKnown(readPiece, options.started);
  try {
    for (;;) {
      const answer: { readonly data: Uint8Array } = await (coming ?? readPiece());
      const { data } = answer;
      coming = data.length < muchBytes ? undefined : readPiece();
      // Its failure is seen when it is awaited, if it is.
      coming?.catch(() => {});
      if (data.length > len) throw strange(`${data.length} bytes where ${len} were asked for`, ids);
      if (data.length === 0) return;
      isLeft = true;
      yield data;
      isLeft = false;
    }
  } finally {
    if (isLeft) await read({ ...ids, len: 0 }, callOptions(options)).catch(() => {});
  }
}

/** Writes all of `source`, then closes the stream. Takes nothing from it before the process has `started`. */
export async function sendStdin(
  calls: Pick<Calls, 'writeStdin' | 'closeStdin'>,
  ids: ProcessIds,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: StreamOptions = {},
): Promise<void> {
  const pieceBytes = pieceBytesOf(options, ids);
  const isEmpty = Array.isArray(source) && source.length === 0;
  if (!isEmpty) await options.started;
  for await (const chunk of source) {
    // An empty write would close the stream, so an empty chunk is not sent.
    for (let at = 0; at < chunk.length; ) {
      const data = chunk.subarray(at, at + pieceBytes);
      const { len } = await calls.writeStdin({ ...ids, data }, callOptions(options));
      if (len === 0 || len > data.length) throw strange(`that it took ${len} of ${data.length} bytes`, ids);
      at += len;
    }
  }
  await onceKnown(() => calls.closeStdin(ids, callOptions(options)), options.started);
}

/** A call about a process that the agent may not know yet. */
async function onceKnown<T>(call: () => Promise<T>, started: Promise<unknown> | undefined): Promise<T> {
  if (started === undefined) return call();
  try {
    return await call();
  } catch {
    await started;
    return call();
  }
}

function callOptions({ signal }: StreamOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function pieceBytesOf({ pieceBytes = defaultPieceBytes }: StreamOptions, ids: ProcessIds): number {
  if (Number.isInteger(pieceBytes) && pieceBytes >= 1 && pieceBytes <= mostPieceBytes) return pieceBytes;
  throw new AgentError('invalid-argument', `pieceBytes must be 1 to ${mostPieceBytes}, not ${pieceBytes}`, {
    facts: { ...ids, origin: 'local' },
  });
}

function strange(what: string, ids: ProcessIds): AgentError {
  return new AgentError('protocol', `agent answered ${what}`, { facts: { ...ids, origin: 'peer' } });
}
