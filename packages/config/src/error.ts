import { CodedError, formatProblem, type Problem } from '@hako/errors';

/** `not-toml`: the text is no TOML, or beyond the limits of size and depth. `invalid`: a key or value is wrong. */
export type ConfigErrorCode = 'not-toml' | 'invalid';

export interface ConfigErrorFacts {
  /** Everything that was found in all files, warnings too, in their order. */
  readonly problems: readonly Problem[];
}

/** A configuration that cannot be used. */
export class ConfigError extends CodedError<ConfigErrorCode, ConfigErrorFacts> {
  override readonly name = 'ConfigError';

  constructor(code: ConfigErrorCode, problems: readonly Problem[], cause?: unknown) {
    super(
      code,
      problems
        .filter((problem) => problem.severity === 'error')
        .map(formatProblem)
        .join('\n'),
      {
        facts: { problems },
        cause,
      },
    );
  }
}
