/**
 * Base of the one error class that each hako package exports.
 *
 * A package narrows `Code` to a closed union and `Facts` to what a program needs to react; `message` is for
 * people: one lower-case sentence without a trailing full stop. `cause` is never dropped.
 */
export abstract class CodedError<Code extends string = string, Facts extends object = object> extends Error {
  /** Which failure this is; the set is closed per package. */
  readonly code: Code;
  /** What the code was about, as data (paths, ids, numbers with units in their names). */
  readonly facts: Readonly<Facts>;

  constructor(code: Code, message: string, options: CodedErrorOptions<Facts>) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.facts = options.facts;
  }
}

/** Second part of every hako error: its facts, and the error that led to it. */
export interface CodedErrorOptions<Facts extends object> {
  readonly facts: Readonly<Facts>;
  readonly cause?: unknown;
}

/** True for any error made by a hako package, also by another installed copy of it. */
export function isCodedError(value: unknown): value is CodedError {
  return (
    value instanceof Error &&
    'code' in value &&
    typeof value.code === 'string' &&
    'facts' in value &&
    typeof value.facts === 'object' &&
    value.facts !== null
  );
}
