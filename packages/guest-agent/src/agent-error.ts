import { CodedError } from '@hako/errors';

/**
 * Why the agent refused or failed; each is the ttRPC status of the same name.
 * - `invalid-argument`: the request itself is wrong
 * - `not-found`: no such container or process
 * - `already-exists`: the id is taken
 * - `failed-precondition`: right request, wrong moment
 * - `deadline-exceeded`: processes did not end in time
 * - `unimplemented`: this agent does not do that; the message says why
 * - `internal`: the kernel or crun said no; the message is theirs
 */
export type AgentErrorCode =
  | 'invalid-argument'
  | 'not-found'
  | 'already-exists'
  | 'failed-precondition'
  | 'deadline-exceeded'
  | 'unimplemented'
  | 'internal';

export interface AgentErrorFacts {
  readonly containerId?: string;
  readonly execId?: string;
  readonly path?: string;
  /** Number with which the kernel refused. */
  readonly errno?: number;
}

/** The one error class of the agent. */
export class AgentError extends CodedError<AgentErrorCode, AgentErrorFacts> {
  override readonly name = 'AgentError';

  constructor(
    code: AgentErrorCode,
    message: string,
    options: { readonly facts?: AgentErrorFacts; readonly cause?: unknown } = {},
  ) {
    super(code, message, { facts: options.facts ?? {}, cause: options.cause });
  }
}
