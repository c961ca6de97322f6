import { formatProblem, isCodedError, type Problem } from '@hako/errors';
import { AdmissionError } from './admission-error.ts';

/** What a library found wrong with what users wrote, as one message that lists every problem; other errors stay. */
export function asBadInput(error: unknown): unknown {
  const problems = problemsOf(error);
  if (problems === undefined) return error;
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  const message =
    errors.length === 1
      ? (errors[0] ?? '')
      : [`${errors.length} problems:`, ...errors.map((line) => `  ${line}`)].join('\n');
  return new AdmissionError('bad-input', message, { facts: { problems }, cause: error });
}

function problemsOf(error: unknown): readonly Problem[] | undefined {
  if (!isCodedError(error) || !('problems' in error.facts)) return undefined;
  return error.facts.problems as readonly Problem[];
}
