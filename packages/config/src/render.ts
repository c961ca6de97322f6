import { formatOrigin, type Origins } from '@hako/shape';
import { type EffectiveValue, effectiveValues, toToml } from './effective.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import type { KeyEntry } from './sections.ts';
import { listKeys } from './sections.ts';
import { formatTomlValue } from './toml-value.ts';

export interface RenderOptions {
  /** Adds to each line where its value came from. */
  readonly origins?: Origins;
  /** Leaves out values that are the built-in default. Default false. */
  readonly changedOnly?: boolean;
  /** Which values are written. Default all. */
  readonly only?: (value: EffectiveValue) => boolean;
}

/** A configuration as a configuration.toml that loads to the same configuration. */
export function renderConfiguration(config: RuntimeConfig, options: RenderOptions = {}): string {
  const values = effectiveValues(config, options.origins).filter(
    (one) =>
      one.value !== undefined &&
      !(options.changedOnly === true && one.isDefault) &&
      options.only?.(one) !== false,
  );
  const lines: string[] = [];
  for (const [section, members] of Map.groupBy(values, (value) => value.section)) {
    lines.push(...(lines.length === 0 ? [] : ['']), `[${section}]`);
    for (const member of members) lines.push(renderValue(member, options.origins !== undefined));
  }
  return `${lines.join('\n')}\n`;
}

function renderValue({ toml, value, origin }: EffectiveValue, withOrigin: boolean): string {
  const line = `${toml} = ${formatTomlValue(value)}`;
  return withOrigin ? `${line} # ${formatOrigin(origin)}` : line;
}

/**
 * A configuration.toml in which every key is explained and commented out with its default, as a start for one's
 * own. It loads to the built-in defaults.
 *
 * @param config values to write instead of the built-in defaults, e.g. with the paths of this host
 */
export function commentedConfiguration(config?: RuntimeConfig): string {
  const lines = ['# Configuration of hako. Every key has its default here; remove the # to change one.'];
  for (const [section, entries] of Map.groupBy(listKeys(), (entry) => entry.section)) {
    lines.push('', `[${section}]`);
    for (const entry of entries) lines.push('', ...commentedKey(entry, config));
  }
  return `${lines.join('\n')}\n`;
}

function commentedKey({ part, field, key }: KeyEntry, config: RuntimeConfig | undefined): string[] {
  const values = config?.[part] as unknown as Readonly<Record<string, unknown>> | undefined;
  const value = toToml(key, values === undefined ? key.default : values[field]);
  const notes = [key.meaning.replace(/\.$/, ''), key.unit, key.rule, key.effect].filter(
    (note) => note !== undefined,
  );
  return [
    ...wrap(`${notes.join('; ')}. (${key.type.name})`, 108).map((line) => `# ${line}`),
    `#${key.toml} = ${value === undefined ? '{}' : formatTomlValue(value)}`,
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
