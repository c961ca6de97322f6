import { CodedError, type Problem } from '@hako/errors';

/**
 * - `usage`: the command line itself is wrong.
 * - `bad-bundle`: what `explain` was pointed at cannot be read.
 * - `bad-input`: a process or resources file cannot be read.
 * - `host-not-ready`: `check` found problems.
 * - `output`: a file the user asked for (pid file, log, timings) cannot be written.
 */
export type CliErrorCode = 'usage' | 'bad-bundle' | 'bad-input' | 'host-not-ready' | 'output';

/** Facts of a {@link CliError}. */
export interface CliErrorFacts {
  readonly path?: string;
  readonly problems?: readonly Problem[];
}

/** The error class of @hako/runtime-cli. */
export class CliError extends CodedError<CliErrorCode, CliErrorFacts> {
  override readonly name = 'CliError';
}
