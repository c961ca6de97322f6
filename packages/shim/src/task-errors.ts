import { isCodedError } from '@hako/errors';
import { SandboxError, type SandboxErrorCode } from '@hako/sandbox';
import { type StatusCode, TtrpcError } from '@hako/ttrpc';
import { ShimError } from './shim-error.ts';

/** Status by which containerd's clients tell the kinds of failure apart (its errdefs). */
const STATUS: Readonly<Record<SandboxErrorCode, StatusCode>> = {
  'bad-id': 'invalid-argument',
  'id-in-use': 'already-exists',
  'not-found': 'not-found',
  'wrong-state': 'failed-precondition',
  // What containerd's own shim answers, and its clients take as done.
  'not-running': 'not-found',
  'exec-in-use': 'already-exists',
  'exec-not-found': 'not-found',
  'state-corrupt': 'internal',
  'boot-failed': 'unknown',
  'guest-refused': 'unknown',
  'sandbox-gone': 'unavailable',
  'host-refused': 'unknown',
  'hook-failed': 'unknown',
  unsupported: 'unimplemented',
  'template-broken': 'unknown',
  'teardown-incomplete': 'unknown',
};

/** The answer a task client gets for an error inside the shim: status by kind, message unchanged. */
export function toTaskError(error: unknown): TtrpcError {
  if (error instanceof TtrpcError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TtrpcError(statusOf(error), message, { cause: error });
}

/** What the call to the guest's agent, or to the VMM, came to, where that says more than that it was refused. */
const GUEST_STATUS: ReadonlyMap<string, StatusCode> = new Map<string, StatusCode>([
  ['timeout', 'deadline-exceeded'],
  ['closed', 'unavailable'],
  ['unimplemented', 'unimplemented'],
  ['resource-exhausted', 'resource-exhausted'],
]);

function statusOf(error: unknown): StatusCode {
  if (error instanceof SandboxError) return guestStatusOf(error) ?? STATUS[error.code];
  if (error instanceof ShimError && error.code === 'bad-request') return 'invalid-argument';
  if (isCodedError(error) && error.code === 'unsupported') return 'unimplemented';
  // Problems in what the caller wrote (an exec's process).
  if (isCodedError(error) && 'problems' in error.facts) return 'invalid-argument';
  return 'unknown';
}

function guestStatusOf({ code, cause }: SandboxError): StatusCode | undefined {
  const asked = code === 'guest-refused' || code === 'host-refused';
  return asked && isCodedError(cause) ? GUEST_STATUS.get(cause.code) : undefined;
}
