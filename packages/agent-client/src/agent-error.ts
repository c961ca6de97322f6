import { CodedError } from '@hako/errors';
import { TtrpcError, type TtrpcErrorCode } from '@hako/ttrpc';
import { visibleText } from './visible-text.ts';

/**
 * Why the agent could not be reached, or did not do what it was asked.
 * - `timeout`: no answer in time; the call may still have its effect.
 * - `closed`: the connection ended, as when the VM stopped.
 * - `cancelled`: the caller's signal.
 * - `unreachable`: no connection came about (no socket, nobody listens, the VMM refused the port).
 * - `unsupported`: an address form that this host cannot connect to.
 * - `protocol`: the guest sent what the protocol does not allow.
 * - `internal`: the agent failed, without a code that says how.
 * - the others: as the agent answered.
 */
export type AgentErrorCode =
  | 'timeout'
  | 'closed'
  | 'cancelled'
  | 'unreachable'
  | 'unsupported'
  | 'protocol'
  | 'internal'
  | 'not-found'
  | 'already-exists'
  | 'invalid-argument'
  | 'failed-precondition'
  | 'permission-denied'
  | 'resource-exhausted'
  | 'unimplemented'
  | 'unavailable';

export interface AgentErrorFacts {
  /** Name of the call on the wire, e.g. `StartContainer`. */
  readonly method?: string;
  readonly containerId?: string;
  /** Process in the container; the init process has an id as well. */
  readonly execId?: string;
  /** Address or socket path, where connecting failed. */
  readonly address?: string;
  /** `peer`: the guest said so, so it may be a lie. `local`: found on this side. */
  readonly origin: 'local' | 'peer';
}

/** The one error class of this package. Its message is safe to print, also where the guest wrote it. */
export class AgentError extends CodedError<AgentErrorCode, AgentErrorFacts> {
  override readonly name = 'AgentError';
}

const codes: Readonly<Record<TtrpcErrorCode, AgentErrorCode>> = {
  'already-exists': 'already-exists',
  'data-loss': 'internal',
  'deadline-exceeded': 'timeout',
  'failed-precondition': 'failed-precondition',
  'invalid-argument': 'invalid-argument',
  'not-found': 'not-found',
  'out-of-range': 'invalid-argument',
  'permission-denied': 'permission-denied',
  'resource-exhausted': 'resource-exhausted',
  aborted: 'internal',
  cancelled: 'cancelled',
  closed: 'closed',
  internal: 'internal',
  protocol: 'protocol',
  unauthenticated: 'permission-denied',
  unavailable: 'unavailable',
  unimplemented: 'unimplemented',
  unknown: 'internal',
};

/** An error of a call as AgentError. `request` is looked at for the ids of container and process. */
export function toAgentError(error: unknown, method: string, request: object): AgentError {
  if (error instanceof AgentError) return error;
  const ids = idsOf(request);
  if (!(error instanceof TtrpcError)) {
    // The request could not be encoded.
    const message = error instanceof Error ? error.message : String(error);
    return new AgentError('invalid-argument', `agent call ${method}: ${message}`, {
      facts: { method, ...ids, origin: 'local' },
      cause: error,
    });
  }
  const { origin } = error.facts;
  const text = origin === 'peer' ? `agent answered ${method} with ${error.code}: ` : 'agent call ';
  return new AgentError(codes[error.code], text + visibleText(error.message), {
    facts: { method, ...ids, origin },
    // What the guest wrote is in the message, cut and cleaned; the original would be printed as it is.
    ...(origin === 'local' ? { cause: error } : {}),
  });
}

function idsOf(request: object): { containerId?: string; execId?: string } {
  return {
    ...('containerId' in request && typeof request.containerId === 'string'
      ? { containerId: request.containerId }
      : {}),
    ...('execId' in request && typeof request.execId === 'string' ? { execId: request.execId } : {}),
  };
}
