import type { Problem } from '@hako/errors';
import { type Origins, printable } from '@hako/shape';
import { toToml } from './effective.ts';
import { isRefusal } from './key.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import { type KeyEntry, listKeys } from './sections.ts';
import { formatTomlValue } from './toml-value.ts';

let refusable: readonly KeyEntry[] | undefined;

/**
 * An error for every value that a `refused` key has beside its default, named by what set it: the place in a file, or the annotation.
 * This is the one rule; whoever translates or starts asks here.
 */
export function refusals(config: Partial<RuntimeConfig>, origins: Origins = {}): Problem[] {
  refusable ??= listKeys().filter(({ key }) => isRefusal(key.effect));
  return refusable.flatMap(({ part, field, section, key }): Problem[] => {
    const values = config[part] as Readonly<Record<string, unknown>> | undefined;
    if (values === undefined || JSON.stringify(values[field]) === JSON.stringify(key.default)) return [];
    const origin = origins[`${part}.${field}`];
    const isAnnotation = origin?.kind === 'annotation';
    const value = toToml(key, values[field]);
    return [
      {
        severity: 'error',
        code: 'config/refused',
        ...(origin?.kind === 'file' ? { file: origin.file, line: origin.line } : {}),
        field: isAnnotation ? origin.key : `${section}.${key.toml}`,
        value: printable(typeof value === 'string' ? value : formatTomlValue(value)),
        rule: `is ${key.effect}`,
        fix: `remove it, or set it to ${formatTomlValue(toToml(key, key.default))}`,
      },
    ];
  });
}
