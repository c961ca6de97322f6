import { loadConfiguration } from '@hako/admission/translation';
import { formatProblem, isCodedError, type Problem } from '@hako/errors';
import type { GlobalOptions } from '../global-options.ts';
import { print } from '../output.ts';

/** Arguments of `config check`. */
export interface ConfigCheckOptions {
  readonly json: boolean;
  readonly lenient: boolean;
}

interface Checked {
  /** Main file and drop-ins; for a configuration that cannot be used, the file that was asked for. */
  readonly files: readonly string[];
  readonly ok: boolean;
  readonly problems: readonly Problem[];
}

/**
 * Checks each file, with the drop-ins beside it, and prints every problem; with no file, the configuration that
 * counts. Exit status 1 if one cannot be used.
 */
export async function configCheck(
  options: GlobalOptions,
  files: readonly string[],
  { json, lenient }: ConfigCheckOptions,
): Promise<number> {
  const asked = files.length === 0 ? [options.config] : files;
  const results = asked.map((file) => checkOne(file, lenient || options.lenient === true));
  const allOk = results.every(({ ok }) => ok);
  if (json) print(`${JSON.stringify({ ok: allOk, results }, null, 2)}\n`);
  else for (const result of results) print(describe(result));
  return allOk ? 0 : 1;
}

function checkOne(config: string | undefined, lenient: boolean): Checked {
  try {
    const loaded = loadConfiguration({ lenient, ...(config === undefined ? {} : { config }) });
    return { files: loaded.files, ok: true, problems: loaded.problems };
  } catch (error) {
    const problems = problemsOf(error, config);
    if (problems === undefined) throw error;
    return { files: config === undefined ? [] : [config], ok: false, problems };
  }
}

function problemsOf(error: unknown, config: string | undefined): readonly Problem[] | undefined {
  if (!isCodedError(error)) return undefined;
  if ('problems' in error.facts) return error.facts.problems as readonly Problem[];
  if (error.code !== 'no-configuration') return undefined;
  const file = config === undefined ? {} : { file: config };
  return [{ severity: 'error', code: 'config/unreadable', ...file, field: '', rule: error.message }];
}

function describe({ files, ok, problems }: Checked): string {
  const name = files.length === 0 ? 'the configuration' : files.join(', ');
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const counts = [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '');
  return [
    ...problems.map((problem) => `${problem.severity}: ${formatProblem(problem)}`),
    `${name}: ${ok ? 'can be used' : 'cannot be used'}${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`,
    '',
  ].join('\n');
}

function count(number: number, what: string): string {
  return number === 0 ? '' : `${number} ${what}${number === 1 ? '' : 's'}`;
}
