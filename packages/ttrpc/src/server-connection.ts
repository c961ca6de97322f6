import type { MethodType } from '@hako/protobuf';
import { type CallContext, deadlinePassed, ServedCall } from './call-context.ts';
import type { Channel } from './channel.ts';
import { EncodedAnswer } from './encoded-answer.ts';
import {
  dataBytesOf,
  encodeFrame,
  encodeFrameStart,
  FrameFlag,
  type FrameHeader,
  FrameType,
  maxDataBytes,
} from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { Request, Response, responsePayloadTag } from './messages.ts';
import { metadataFromPairs } from './metadata.ts';
import { StreamIdCheck } from './stream-id-check.ts';
import { statusNumberOf, TtrpcError } from './ttrpc-error.ts';

/** A method and who serves it. */
export interface ServedMethod {
  readonly type: MethodType<object, object>;
  readonly handle: (request: object, context: CallContext) => unknown;
}

/** What a connection asks its server. */
export interface ConnectionHost {
  readonly maxCallsPerConnection: number;
  readonly maxPendingBytes: number;
  readonly sessionsRestart: boolean;
  readonly draining: boolean;
  /** @throws TtrpcError `unimplemented` */
  lookUp(service: string, method: string): ServedMethod;
  connectionClosed(connection: ServerConnection, cause?: Error): void;
}

const noBytes = new Uint8Array(0);
/** Leaves room in a frame for the tag. */
const mostBodyBytes = maxDataBytes - 16;
const maxTimerMs = 2 ** 31 - 1;

/**
 * One connection of a server.
 *
 * States: open, draining (host.draining: new calls are refused, closes after the last answer), closed.
 */
export class ServerConnection {
  readonly #host: ConnectionHost;
  readonly #channel: Channel;
  #ids = new StreamIdCheck();
  readonly #calls = new Map<number, ServedCall>();
  #pendingBytes = 0;
  #paused = false;
  #open = true;

  constructor(host: ConnectionHost, channel: Channel) {
    this.#host = host;
    this.#channel = channel;
    const reader = new FrameReader({
      frame: (header, data) => this.#receive(header, data),
      oversized: ({ streamId, length }) => {
        this.#ids.accept(streamId);
        this.#answerError(
          streamId,
          new TtrpcError(
            'resource-exhausted',
            `message of ${length} bytes is over the limit of ${maxDataBytes}`,
          ),
        );
      },
    });
    channel.open({
      data: (bytes) => reader.push(bytes),
      drain: () => {
        if (!this.#paused) return;
        this.#paused = false;
        channel.resume();
      },
      closed: (cause) => this.#closed(cause),
    });
  }

  /** Calls being served. */
  get callCount(): number {
    return this.#calls.size;
  }

  /** Closes if nothing is being served; else the last answer does. */
  drain(): void {
    if (this.#calls.size === 0) this.#channel.end();
  }

  destroy(): void {
    this.#channel.destroy();
  }

  #receive(header: FrameHeader, data: Uint8Array): void {
    if (!this.#open) return;
    switch (header.type) {
      case FrameType.request:
        try {
          this.#begin(header, data);
        } catch (error) {
          this.#answerError(header.streamId, error);
        }
        return;
      case FrameType.data:
        this.#answerError(
          header.streamId,
          new TtrpcError('invalid-argument', 'data for a stream that is not open'),
        );
        return;
      default:
        // Answers to a server, and types that do not exist yet, are ignored.
        return;
    }
  }

  #begin({ streamId, flags }: FrameHeader, data: Uint8Array): void {
    if (!this.#ids.accept(streamId) && !(streamId === 1 && this.#restart())) {
      throw new TtrpcError('invalid-argument', `stream id ${streamId} is even, or was used before`);
    }
    if (this.#host.draining) throw new TtrpcError('unavailable', 'server is shutting down');
    if (this.#calls.size >= this.#host.maxCallsPerConnection) {
      throw new TtrpcError('resource-exhausted', `${this.#calls.size} calls are being served already`);
    }
    if (this.#pendingBytes + data.length > this.#host.maxPendingBytes) {
      throw new TtrpcError(
        'resource-exhausted',
        `calls being served hold ${this.#pendingBytes} bytes already`,
      );
    }
    const { service, method, payload, timeoutNano, metadata } = parse(Request, data, 'request');
    const { type, handle } = this.#host.lookUp(service, method);
    if ((flags & FrameFlag.remoteOpen) !== 0 || type.clientStream === true || type.serverStream === true) {
      throw new TtrpcError('unimplemented', `${method}: streams are not supported`);
    }
    const request = parse(type.request, payload, method);
    const call = new ServedCall({
      service,
      method,
      metadata: metadataFromPairs(metadata),
      timeoutMs: timeoutNano > 0n ? Number(timeoutNano) / 1e6 : undefined,
      sizeBytes: data.length,
    });
    this.#calls.set(streamId, call);
    this.#pendingBytes += call.sizeBytes;
    void this.#serve(streamId, call, type, request, handle);
  }

  /** Begins a new session on the same channel, where that may happen. */
  #restart(): boolean {
    if (!this.#host.sessionsRestart) return false;
    this.#abortCalls(new TtrpcError('closed', 'the peer began a new session'));
    this.#ids = new StreamIdCheck();
    return this.#ids.accept(1);
  }

  async #serve(
    streamId: number,
    call: ServedCall,
    type: MethodType<object, object>,
    request: object,
    handle: ServedMethod['handle'],
  ): Promise<void> {
    const { timeoutMs } = call;
    const timer =
      timeoutMs === undefined || timeoutMs > maxTimerMs
        ? undefined
        : setTimeout(() => {
            const error = deadlinePassed(timeoutMs);
            call.abort(error);
            this.#finish(streamId, call, () => this.#answerError(streamId, error));
          }, timeoutMs);
    try {
      // The handler starts after the read loop is through with the chunk that brought the call.
      await Promise.resolve();
      const answer = (await handle(request, call)) ?? {};
      if (answer instanceof EncodedAnswer) {
        if (!this.#finish(streamId, call, () => this.#answerEncoded(streamId, answer))) answer.body.drop();
        return;
      }
      const payload = type.response.encode(answer as object);
      this.#finish(streamId, call, () => this.#answer(streamId, noBytes, payload));
    } catch (error) {
      this.#finish(streamId, call, () => this.#answerError(streamId, error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Answers a call once; what comes after a deadline or the end of the connection is dropped: false. */
  #finish(streamId: number, call: ServedCall, answer: () => void): boolean {
    if (this.#calls.get(streamId) !== call) return false;
    this.#calls.delete(streamId);
    this.#pendingBytes -= call.sizeBytes;
    answer();
    if (this.#host.draining) this.drain();
    return true;
  }

  #answerEncoded(streamId: number, answer: EncodedAnswer): void {
    const { start, body, lengthBytes } = answer;
    const channel = this.#channel;
    if (channel.writeWithBody === undefined || lengthBytes > mostBodyBytes) {
      this.#answer(streamId, noBytes, answer.bytes());
      return;
    }
    if (!this.#open) {
      body.drop();
      return;
    }
    const bytes = encodeFrameStart(streamId, FrameType.response, responsePayloadTag, lengthBytes, start);
    this.#pauseUnless(channel.writeWithBody(bytes, body));
  }

  #answer(streamId: number, head: Uint8Array, payload: Uint8Array): void {
    const frame = encodeFrame(streamId, FrameType.response, head, responsePayloadTag, payload, noBytes);
    if (dataBytesOf(frame) > maxDataBytes) {
      const bytes = dataBytesOf(frame);
      this.#answerError(
        streamId,
        new TtrpcError('resource-exhausted', `answer of ${bytes} bytes is over the limit`),
      );
      return;
    }
    if (this.#open) this.#pauseUnless(this.#channel.write(frame));
  }

  #pauseUnless(takesMore: boolean): void {
    if (takesMore || this.#paused) return;
    this.#paused = true;
    this.#channel.pause();
  }

  #answerError(streamId: number, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const details = error instanceof TtrpcError ? [...(error.facts.details ?? [])] : [];
    const code = statusNumberOf(error);
    const head = Response.encode({ status: { code, message, details } });
    // An error so long that it does not fit is the handler's doing; its code still arrives.
    const fits = head.length <= maxDataBytes;
    this.#answer(streamId, fits ? head : Response.encode({ status: { code } }), noBytes);
  }

  #closed(cause?: Error): void {
    this.#open = false;
    this.#abortCalls(new TtrpcError('closed', 'connection ended', { cause }));
    this.#host.connectionClosed(this, cause);
  }

  #abortCalls(reason: TtrpcError): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    this.#pendingBytes = 0;
    for (const call of calls) call.abort(reason);
  }
}

function parse<T extends object>(type: { decode(bytes: Uint8Array): T }, bytes: Uint8Array, what: string): T {
  try {
    return type.decode(bytes);
  } catch (cause) {
    throw new TtrpcError('invalid-argument', `${what} does not parse`, { cause });
  }
}
