import { quote } from './quote.ts';

/**
 * One thing that is wrong with something a person wrote: an annotation, a configuration file, a config.json,
 * a command line. Checks collect all of them before anything is refused.
 */
export interface Problem {
  /** An error refuses the whole request; a warning is reported and the request goes on. */
  readonly severity: 'error' | 'warning';
  /** Stable name of the rule, for programs, e.g. `annotation/bad-value`. */
  readonly code: string;
  /** File the value stands in, if it came from one. */
  readonly file?: string;
  /** One-based line in `file`. */
  readonly line?: number;
  /** One-based column in `file`. */
  readonly column?: number;
  /** Annotation key, TOML key path, JSON path (`process.args[0]`) or flag. Empty for the whole document. */
  readonly field: string;
  /** The offending value as the user wrote it, cut to a printable length. */
  readonly value?: string;
  /** What is demanded, as a lower-case clause: `must be a whole number of at least 1`. */
  readonly rule: string;
  /** What to do about it, as a lower-case imperative, when there is something definite. */
  readonly fix?: string;
}

/** One line for people: `file:line:column: field "value": rule; fix`; the value is quoted with `quote`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, field, value, rule, fix } = problem;
  let place = file ?? '';
  if (file !== undefined && line !== undefined)
    place += `:${line}${column === undefined ? '' : `:${column}`}`;
  const subject = [field, value === undefined ? '' : quote(value)].filter((part) => part !== '').join(' ');
  return [place, subject, fix === undefined ? rule : `${rule}; ${fix}`]
    .filter((part) => part !== '')
    .join(': ');
}
