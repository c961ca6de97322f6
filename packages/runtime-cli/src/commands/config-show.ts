import { asBadInput } from '@hako/admission';
import { type LoadedConfiguration, loadConfiguration } from '@hako/admission/translation';
import { type EffectiveValue, effectiveValues, renderConfiguration } from '@hako/config';
import { stringifyJson } from '@hako/oci-spec/json';
import { nearest } from '@hako/shape';
import { CliError } from '../cli-error.ts';
import type { GlobalOptions } from '../global-options.ts';
import { print } from '../output.ts';

/** Arguments of `config show`. */
export interface ConfigShowOptions {
  readonly origin: boolean;
  readonly json: boolean;
}

/**
 * Prints the effective configuration as a configuration.toml that loads to the same one, or as JSON; of `keys` only,
 * if there are any: a table, a key, or both joined by a dot.
 */
export async function configShow(
  options: GlobalOptions,
  keys: readonly string[],
  { origin, json }: ConfigShowOptions,
): Promise<number> {
  const { config, origins, files } = load(options);
  const values = effectiveValues(config, origins);
  for (const key of keys) demandKnown(key, values);
  const only = (value: EffectiveValue) => keys.length === 0 || keys.some((key) => isMeant(value, key));
  print(
    json
      ? `${stringifyJson({ files, values: values.filter(only) }, 2)}\n`
      : renderConfiguration(config, { only, ...(origin ? { origins } : {}) }),
  );
  return 0;
}

function load(options: GlobalOptions): LoadedConfiguration {
  try {
    return loadConfiguration(options);
  } catch (error) {
    throw asBadInput(error);
  }
}

function isMeant({ section, toml }: EffectiveValue, key: string): boolean {
  return key === toml || key === section || key === `${section}.${toml}`;
}

function demandKnown(key: string, values: readonly EffectiveValue[]): void {
  if (values.some((value) => isMeant(value, key))) return;
  const known = values.flatMap(({ section, toml }) => [toml, section, `${section}.${toml}`]);
  const guess = nearest(key, known);
  throw new CliError(
    'usage',
    `${JSON.stringify(key)} is no key or table of the configuration${guess === undefined ? '' : `; did you mean ${guess}?`}`,
    { facts: {} },
  );
}
