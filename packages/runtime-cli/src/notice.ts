import { formatProblem, type Problem } from '@hako/errors';
import { printError } from './output.ts';

/** Prints warnings, one line each. */
export function warn(problems: readonly Problem[]): void {
  for (const problem of problems) printError(`hako: warning: ${formatProblem(problem)}\n`);
}

/** Prints a fact that the user should know once. */
export function notice(message: string): void {
  printError(`hako: ${message}\n`);
}
