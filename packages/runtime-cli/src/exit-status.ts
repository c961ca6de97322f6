import { isCodedError } from '@hako/errors';

/**
 * Exit status of a failed command, as OCI clients expect: 1, but 255 for a failed `exec`, whose 1 could be the
 * process's own.
 */
export function failureStatus(command: string): number {
  return command === 'exec' ? 255 : 1;
}

/** True for the errors that `delete --force` takes as done. */
export function isNotFound(error: unknown): boolean {
  return isCodedError(error) && error.code === 'not-found';
}
