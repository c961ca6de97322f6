import type { Problem } from '@hako/errors';
import { printable } from '@hako/shape';

export interface EnvVar {
  readonly name: string;
  readonly value: string;
}

/**
 * A process's environment: the value is all after the first `=`. Strings without `=` are dropped, as they are for
 * the processes of other runtimes; empty names are kept.
 */
export function environment(env: readonly string[] | undefined): EnvVar[] {
  const result: EnvVar[] = [];
  for (const entry of env ?? []) {
    const equals = entry.indexOf('=');
    if (equals !== -1) result.push({ name: entry.slice(0, equals), value: entry.slice(equals + 1) });
  }
  return result;
}

/**
 * Environment strings as a person writes them: single quotes and spaces around a value are removed; an entry
 * without `=` or without a name is a problem (reported at `env[index]`).
 */
export function parseEnvironment(env: readonly string[] | undefined): {
  readonly variables: readonly EnvVar[];
  readonly problems: readonly Problem[];
} {
  const variables: EnvVar[] = [];
  const problems: Problem[] = [];
  for (const [index, entry] of (env ?? []).entries()) {
    const equals = entry.indexOf('=');
    if (equals > 0)
      variables.push({ name: entry.slice(0, equals), value: trimQuotes(entry.slice(equals + 1)) });
    else
      problems.push({
        severity: 'error',
        code: equals === 0 ? 'translate/empty-env-name' : 'translate/env-without-value',
        field: `env[${index}]`,
        value: printable(entry),
        rule: equals === 0 ? 'must have a name before =' : 'must be NAME=VALUE',
      });
  }
  return { variables, problems };
}

function trimQuotes(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isQuote(value[start])) start++;
  while (end > start && isQuote(value[end - 1])) end--;
  return value.slice(start, end);
}

function isQuote(character: string | undefined): boolean {
  return character === ' ' || character === "'";
}
