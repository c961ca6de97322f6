import { CodedError, formatProblem, type Problem } from '@hako/errors';

/**
 * `not-json`: the text is no JSON, or beyond the limits of size and depth. `invalid`: it is JSON, but not what
 * the specification demands. `unsupported-version`: its ociVersion is not 1.x.
 */
export type OciSpecErrorCode = 'not-json' | 'invalid' | 'unsupported-version';

export interface OciSpecErrorFacts {
  /** Everything that was found, in the order of the document. */
  readonly problems: readonly Problem[];
}

/** A document of the OCI runtime specification that cannot be used. */
export class OciSpecError extends CodedError<OciSpecErrorCode, OciSpecErrorFacts> {
  override readonly name = 'OciSpecError';

  constructor(code: OciSpecErrorCode, problems: readonly Problem[], cause?: unknown) {
    super(code, problems.map(formatProblem).join('\n'), { facts: { problems }, cause });
  }
}
