import { CodedError } from '@hako/errors';

/**
 * - `tool-missing`: a program that the build needs is not installed (facts: `tool`, `package`);
 * - `package-not-found`: apt knows no such package (facts: `package`);
 * - `download-failed`: apt could not get a package, or what came has the wrong hash;
 * - `not-in-package`: a package lacks a file, module or library that the guest needs (facts: `path`);
 * - `unsupported-kernel`: the kernel image is not in a form that can be unpacked;
 * - `agent-missing`: the agent's executable is not there (facts: `path`);
 * - `no-space`: the disk is full;
 * - `command-failed`: a program that the build runs failed (facts: `tool`, `status`);
 * - `bad-manifest`: manifest.json is missing, or not of the expected shape (facts: `path`).
 */
export type GuestImageErrorCode =
  | 'tool-missing'
  | 'package-not-found'
  | 'download-failed'
  | 'not-in-package'
  | 'unsupported-kernel'
  | 'agent-missing'
  | 'no-space'
  | 'command-failed'
  | 'bad-manifest';

export interface GuestImageErrorFacts {
  readonly tool?: string;
  readonly package?: string;
  readonly path?: string;
  readonly status?: number;
}

/** The one error class of this package. */
export class GuestImageError extends CodedError<GuestImageErrorCode, GuestImageErrorFacts> {
  override readonly name = 'GuestImageError';

  constructor(code: GuestImageErrorCode, message: string, facts: GuestImageErrorFacts = {}, cause?: unknown) {
    super(code, message, { facts, cause });
  }
}

/** True for errors of this package, also of another installed copy of it. */
export function isGuestImageError(value: unknown): value is GuestImageError {
  return value instanceof Error && value.name === 'GuestImageError';
}
