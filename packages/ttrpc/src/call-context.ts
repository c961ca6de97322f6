import type { Metadata } from './metadata.ts';
import { TtrpcError } from './ttrpc-error.ts';

/** What a handler knows about the call it serves. */
export interface CallContext {
  readonly service: string;
  readonly method: string;
  readonly metadata: Metadata;
  /** How long the caller waited to wait when it sent the call; undefined for no limit. */
  readonly timeoutMs: number | undefined;
  /**
   * Aborted when nobody waits for the answer any more: the deadline passed, the connection ended, the server
   * stopped. Its reason is a TtrpcError.
   */
  readonly signal: AbortSignal;
}

/** A call being served. Makes its AbortSignal only when a handler asks for it, which most do not. */
export class ServedCall implements CallContext {
  readonly service: string;
  readonly method: string;
  readonly metadata: Metadata;
  readonly timeoutMs: number | undefined;
  /** Bytes of the request that are held for it. */
  readonly sizeBytes: number;
  #controller: AbortController | undefined;
  #reason: TtrpcError | undefined;

  constructor(call: Omit<CallContext, 'signal'> & { readonly sizeBytes: number }) {
    this.service = call.service;
    this.method = call.method;
    this.metadata = call.metadata;
    this.timeoutMs = call.timeoutMs;
    this.sizeBytes = call.sizeBytes;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: TtrpcError): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }
}

/** The reason of a signal for a deadline that passed. */
export function deadlinePassed(timeoutMs: number): TtrpcError {
  return new TtrpcError('deadline-exceeded', `not done within ${timeoutMs} ms`);
}
