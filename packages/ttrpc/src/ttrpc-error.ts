import { CodedError } from '@hako/errors';
import { type StatusCode, statusNumbers } from './status-code.ts';

/**
 * Why a call failed: a status (answered by the peer, or found here, see `origin`), or
 * - `closed`: the connection ended before the answer came, or was closed already;
 * - `protocol`: the peer sent what the protocol does not allow.
 */
export type TtrpcErrorCode = StatusCode | 'closed' | 'protocol';

/** One of the typed details that a peer may add to a status (google.protobuf.Any). */
export interface StatusDetail {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

export interface TtrpcErrorFacts {
  /** `peer`: the other side answered this. `local`: found on this side, the peer may not know of it. */
  readonly origin: 'local' | 'peer';
  readonly service?: string;
  readonly method?: string;
  /** The number as it stood on the wire, for statuses of the peer. */
  readonly status?: number;
  readonly details?: readonly StatusDetail[];
}

/** The one error class of this package. A handler throws it to choose the status of its answer. */
export class TtrpcError extends CodedError<TtrpcErrorCode, TtrpcErrorFacts> {
  override readonly name = 'TtrpcError';

  /** @param facts by default `{ origin: 'local' }`, right for a handler. */
  constructor(
    code: TtrpcErrorCode,
    message: string,
    options: { readonly facts?: TtrpcErrorFacts; readonly cause?: unknown } = {},
  ) {
    super(code, message, { ...options, facts: options.facts ?? { origin: 'local' } });
  }
}

/** Number to put on the wire for an error that a handler threw; what is no status becomes `unknown`. */
export function statusNumberOf(error: unknown): number {
  if (!(error instanceof TtrpcError)) return statusNumbers.unknown;
  if (error.code === 'closed' || error.code === 'protocol') return statusNumbers.unavailable;
  return statusNumbers[error.code];
}
