import { CodedError } from '@hako/errors';

/**
 * Every way a sandbox operation fails.
 *
 * - `bad-id`: the id breaks the OCI rule.
 * - `id-in-use`: a container or sandbox of that id has state under the root.
 * - `not-found`: no state of that id.
 * - `wrong-state`: the call is not legal in the container's present state.
 * - `not-running`: the process that is to get a signal has ended.
 * - `exec-in-use`, `exec-not-found`: the exec id is taken, or unknown.
 * - `state-corrupt`: a state file is not what hako writes.
 * - `boot-failed`: the VM ended, or its agent did not answer in time; `diagnostics` shows the last words.
 * - `guest-refused`: the agent answered a call with an error.
 * - `sandbox-gone`: the VM or its agent connection ended while in use.
 * - `host-refused`: the host kernel refused something the sandbox needs (mount, directory).
 * - `hook-failed`: a hook of config.json failed, or took too long.
 * - `unsupported`: asked for something this version does not do; the message says what.
 * - `template-broken`: a template is not what hako wrote, or not this user's.
 * - `teardown-incomplete`: something could not be undone; it stays in the journal.
 */
export type SandboxErrorCode =
  | 'bad-id'
  | 'id-in-use'
  | 'not-found'
  | 'wrong-state'
  | 'not-running'
  | 'exec-in-use'
  | 'exec-not-found'
  | 'state-corrupt'
  | 'boot-failed'
  | 'guest-refused'
  | 'sandbox-gone'
  | 'host-refused'
  | 'hook-failed'
  | 'unsupported'
  | 'template-broken'
  | 'teardown-incomplete';

/** Facts of a {@link SandboxError}; which are set depends on the code. */
export interface SandboxErrorFacts {
  readonly id?: string;
  readonly execId?: string;
  readonly status?: string;
  readonly path?: string;
  /** Last lines of the guest console, oldest first, made printable. */
  readonly guestConsoleTail?: readonly string[];
  /** Last lines of the VMM's stderr, oldest first, made printable. */
  readonly vmmStderrTail?: readonly string[];
}

/** The error class of @hako/sandbox. */
export class SandboxError extends CodedError<SandboxErrorCode, SandboxErrorFacts> {
  override readonly name = 'SandboxError';
}

/** Shorthand for the common case of a code, a message and facts. */
export function sandboxError(
  code: SandboxErrorCode,
  message: string,
  facts: SandboxErrorFacts = {},
  cause?: unknown,
): SandboxError {
  return new SandboxError(code, message, cause === undefined ? { facts } : { facts, cause });
}
