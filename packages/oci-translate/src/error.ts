import { CodedError, formatProblem, type Problem } from '@hako/errors';

/** `invalid`: the spec, the annotations, or what they make of the configuration break rules. */
export type TranslateErrorCode = 'invalid';

export interface TranslateErrorFacts {
  /** Everything that was found, warnings too. */
  readonly problems: readonly Problem[];
}

/** A container that cannot be run as it is described. */
export class TranslateError extends CodedError<TranslateErrorCode, TranslateErrorFacts> {
  override readonly name = 'TranslateError';

  constructor(problems: readonly Problem[], cause?: unknown) {
    super(
      'invalid',
      problems
        .filter(({ severity }) => severity === 'error')
        .map(formatProblem)
        .join('\n'),
      {
        facts: { problems },
        cause,
      },
    );
  }
}
