import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CliError } from './cli-error.ts';

/** Places looked at, in order, when `--config` is not given. */
function configurationCandidates(executable: string): readonly string[] {
  return [
    '/etc/hako/configuration.toml',
    join(dirname(executable), '..', 'etc', 'hako', 'configuration.toml'),
  ];
}

/** A configuration text and where it was. */
export interface ConfigurationFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads the named configuration, or the first of the candidates that exists; undefined when none does.
 *
 * @throws CliError `no-configuration`
 */
export function readConfigurationFile(
  named: string | undefined,
  executable: string,
): ConfigurationFile | undefined {
  for (const path of named === undefined ? configurationCandidates(executable) : [named]) {
    try {
      return { path, text: readFileSync(path, 'utf8') };
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (named === undefined && missing) continue;
      throw new CliError(
        'no-configuration',
        `cannot read the configuration ${path}: ${(error as Error).message}`,
        {
          facts: { path },
          cause: error,
        },
      );
    }
  }
  return undefined;
}
