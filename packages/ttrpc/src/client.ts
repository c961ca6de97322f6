import type { Duplex } from 'node:stream';
import type { MessageType, ServiceType } from '@hako/protobuf';
import type { Channel } from './channel.ts';
import { dataBytesOf, encodeFrame, type FrameHeader, FrameType, maxDataBytes } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { Request, Response, requestPayloadTag } from './messages.ts';
import { type MetadataInit, metadataToPairs } from './metadata.ts';
import { propertyNameOf, type RequestInit, type ResponseOf, type UnaryMethodName } from './service.ts';
import { statusCodeOf } from './status-code.ts';
import { toChannel } from './stream-channel.ts';
import { TtrpcError, type TtrpcErrorCode } from './ttrpc-error.ts';

/** Settings of a client. */
export interface ClientOptions {
  /** Most calls that wait for their answers at once; more fail with `resource-exhausted`. Default 4096. */
  readonly maxCalls?: number;
  /** What serves, for messages: `the printer` makes a connection that the peer ends `the printer is gone: …`. Default: not said. */
  readonly peer?: string;
}

/** Settings of one call. */
export interface CallOptions {
  /** Fails the call with `deadline-exceeded` after so long, at the server too. Default: no limit. */
  readonly timeoutMs?: number;
  /**
   * Fails the call with `cancelled`. The server is not told (the protocol cannot), so the call may still have
   * its effect.
   */
  readonly signal?: AbortSignal;
  readonly metadata?: MetadataInit;
}

/** One method per unary method of the service, first letter in lower case. */
export type ServiceClient<S extends ServiceType> = {
  readonly [Name in UnaryMethodName<S> as Uncapitalize<Name>]: (
    request: RequestInit<S['methods'][Name]>,
    options?: CallOptions,
  ) => Promise<ResponseOf<S['methods'][Name]>>;
};

interface WaitingCall {
  readonly service: string;
  readonly method: string;
  readonly response: MessageType<object>;
  settle(outcome: object | TtrpcError): void;
}

/** setTimeout takes no more; a longer deadline is no deadline on this side. */
const maxTimerMs = 2 ** 31 - 1;
const lastStreamId = 0xffffffff;
const closedHere = 'connection was closed here';
const noBytes = new Uint8Array(0);

/**
 * The calling side of a connection. Takes the connection over at once.
 *
 * States: open, closed (by `close`, by the peer, by an error; never opens again).
 */
export class TtrpcClient {
  /** Fulfilled when the connection has ended, with the error that later calls fail with. Never rejected. */
  readonly closed: Promise<TtrpcError>;
  readonly #channel: Channel;
  readonly #maxCalls: number;
  readonly #peer: string | undefined;
  readonly #waiting = new Map<number, WaitingCall>();
  readonly #heads = new Map<string, Uint8Array>();
  readonly #resolveClosed: (error: TtrpcError) => void;
  #nextId = 1;
  #closedBy: TtrpcError | undefined;

  constructor(connection: Channel | Duplex, options: ClientOptions = {}) {
    const { promise, resolve } = Promise.withResolvers<TtrpcError>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#maxCalls = options.maxCalls ?? 4096;
    this.#peer = options.peer;
    this.#channel = toChannel(connection);
    const reader = new FrameReader({
      frame: (header, data) => this.#receive(header, data),
      oversized: (header) => {
        this.#fail(
          header.streamId,
          'resource-exhausted',
          `answer of ${header.length} bytes is over the limit`,
        );
      },
    });
    this.#channel.open({
      data: (bytes) => reader.push(bytes),
      drain: () => {},
      closed: (cause) => this.#end('connection ended', cause),
    });
  }

  /** True until the connection has ended. */
  get isOpen(): boolean {
    return this.#closedBy === undefined;
  }

  /** Calls that wait for their answers. */
  get callCount(): number {
    return this.#waiting.size;
  }

  /** Ends the connection at once; waiting calls fail with `closed`. */
  close(): void {
    this.#end(closedHere);
    this.#channel.destroy();
  }

  /** An object with one method per unary method of the service. */
  service<S extends ServiceType>(service: S): ServiceClient<S> {
    const methods = Object.keys(service.methods).map((name) => [
      propertyNameOf(name),
      (request: object, options?: CallOptions) =>
        this.call(service, name as UnaryMethodName<S>, request as never, options),
    ]);
    return Object.fromEntries(methods) as ServiceClient<S>;
  }

  /**
   * One unary call.
   * @throws TtrpcError (rejected) with the peer's status, or `closed`, `cancelled`, `deadline-exceeded`, `protocol`,
   * `resource-exhausted`, `unimplemented` found on this side
   * @throws ProtobufError (rejected) when a value of the request does not fit its field
   */
  async call<S extends ServiceType, Name extends UnaryMethodName<S>>(
    service: S,
    method: Name,
    request: RequestInit<S['methods'][Name]>,
    options: CallOptions = {},
  ): Promise<ResponseOf<S['methods'][Name]>> {
    const type = Object.hasOwn(service.methods, method) ? service.methods[method] : undefined;
    if (type === undefined || type.clientStream === true || type.serverStream === true) {
      throw localError(
        'unimplemented',
        `${service.name} has no unary method ${method}`,
        service.name,
        method,
      );
    }
    const payload = type.request.encode(request);
    return (await this.#unary(service.name, method, payload, type.response, options)) as ResponseOf<
      S['methods'][Name]
    >;
  }

  #unary(
    service: string,
    method: string,
    payload: Uint8Array,
    response: MessageType<object>,
    { timeoutMs, signal, metadata }: CallOptions,
  ): Promise<object> {
    const refuse = (code: TtrpcErrorCode, message: string, cause?: unknown): Promise<never> =>
      Promise.reject(localError(code, `${method}: ${message}`, service, method, cause));
    if (this.#closedBy !== undefined)
      return Promise.reject(this.#closedDuring(service, method, this.#closedBy));
    if (signal?.aborted === true) return refuse('cancelled', 'cancelled before it was sent', signal.reason);
    if (timeoutMs !== undefined && !(timeoutMs > 0))
      return refuse('deadline-exceeded', 'no time left to send it');
    if (this.#waiting.size >= this.#maxCalls) {
      return refuse('resource-exhausted', `${this.#maxCalls} calls wait for answers already`);
    }
    if (this.#nextId > lastStreamId)
      return refuse('resource-exhausted', 'connection has used up its stream ids');
    const tail =
      timeoutMs === undefined && metadata === undefined
        ? noBytes
        : Request.encode({
            timeoutNano:
              timeoutMs === undefined || timeoutMs > 9e12 ? 0n : BigInt(Math.ceil(timeoutMs * 1e6)),
            metadata: metadata === undefined ? [] : metadataToPairs(metadata),
          });

    const streamId = this.#nextId;
    const head = this.#headOf(service, method);
    const frame = encodeFrame(streamId, FrameType.request, head, requestPayloadTag, payload, tail);
    if (dataBytesOf(frame) > maxDataBytes) {
      return refuse('resource-exhausted', `request of ${dataBytesOf(frame)} bytes is over the limit`);
    }
    this.#nextId += 2;

    const { promise, resolve, reject } = Promise.withResolvers<object>();
    const giveUp = (code: TtrpcErrorCode, message: string, cause?: unknown): void => {
      this.#waiting.get(streamId)?.settle(localError(code, `${method}: ${message}`, service, method, cause));
    };
    const timer =
      timeoutMs === undefined || timeoutMs > maxTimerMs
        ? undefined
        : setTimeout(() => giveUp('deadline-exceeded', `no answer within ${timeoutMs} ms`), timeoutMs);
    const aborted = (): void => giveUp('cancelled', 'cancelled by the caller', signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    this.#waiting.set(streamId, {
      service,
      method,
      response,
      settle: (outcome) => {
        this.#waiting.delete(streamId);
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        if (outcome instanceof TtrpcError) reject(outcome);
        else resolve(outcome);
      },
    });
    this.#channel.write(frame);
    return promise;
  }

  /** Service and method are the same bytes in every call. */
  #headOf(service: string, method: string): Uint8Array {
    const key = `${service}/${method}`;
    let head = this.#heads.get(key);
    if (head === undefined) {
      head = Request.encode({ service, method });
      this.#heads.set(key, head);
    }
    return head;
  }

  #receive({ streamId, type }: FrameHeader, data: Uint8Array): void {
    const call = this.#waiting.get(streamId);
    // Late answers of calls that were given up come here, and frames that no one asked for.
    if (call === undefined) return;
    if (type !== FrameType.response) {
      this.#fail(streamId, 'protocol', `peer sent a frame of type ${type} in place of an answer`);
      return;
    }
    let outcome: object;
    try {
      const { status, payload } = Response.decode(data);
      if (status === undefined || status.code === 0) outcome = call.response.decode(payload);
      else {
        outcome = new TtrpcError(statusCodeOf(status.code), status.message, {
          facts: {
            origin: 'peer',
            service: call.service,
            method: call.method,
            status: status.code,
            details: status.details,
          },
        });
      }
    } catch (cause) {
      this.#fail(streamId, 'protocol', 'answer does not parse', cause);
      return;
    }
    call.settle(outcome);
  }

  #fail(streamId: number, code: TtrpcErrorCode, message: string, cause?: unknown): void {
    const call = this.#waiting.get(streamId);
    call?.settle(localError(code, `${call.method}: ${message}`, call.service, call.method, cause));
  }

  #end(message: string, cause?: unknown): void {
    if (this.#closedBy !== undefined) return;
    const closedBy = new TtrpcError('closed', message, { facts: { origin: 'local' }, cause });
    this.#closedBy = closedBy;
    for (const call of [...this.#waiting.values()])
      call.settle(this.#closedDuring(call.service, call.method, closedBy));
    this.#resolveClosed(closedBy);
  }

  #closedDuring(service: string, method: string, { message, cause }: TtrpcError): TtrpcError {
    const gone = this.#peer === undefined || message === closedHere ? '' : `${this.#peer} is gone: `;
    return localError('closed', `${gone}${method}: ${message}`, service, method, cause);
  }
}

function localError(
  code: TtrpcErrorCode,
  message: string,
  service: string,
  method: string,
  cause?: unknown,
): TtrpcError {
  return new TtrpcError(code, message, { facts: { origin: 'local', service, method }, cause });
}
