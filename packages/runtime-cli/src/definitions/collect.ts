import { CliError } from '../cli-error.ts';

/** Appends the values of a flag that may be given again. */
export function append(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** Collects the values of a flag that may be given again; each must be KEY=VALUE. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  if (!/^[^=]+=/.test(value))
    throw new CliError('usage', `${JSON.stringify(value)} must be KEY=VALUE`, {
      facts: {},
    });
  return [...previous, value];
}
