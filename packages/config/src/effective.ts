import type { Origin, Origins } from '@hako/shape';
import type { ConfigKey } from './key.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import { listKeys } from './sections.ts';

/** One value of a configuration, as `hako config show` prints it. */
export interface EffectiveValue {
  /** `hypervisor.defaultVcpus` */
  readonly field: string;
  /** `hypervisor.qemu` */
  readonly section: string;
  /** `default_vcpus` */
  readonly toml: string;
  /** As it would stand in the file: texts, numbers, lists, tables; undefined for "none". */
  readonly value: unknown;
  /** Built-in default, likewise. */
  readonly default: unknown;
  readonly isDefault: boolean;
  readonly unit?: string;
  readonly origin: Origin;
  readonly meaning: string;
  /** Why the key changes nothing yet; absent when hako acts on it. */
  readonly effect?: string;
}

/** All values of a configuration with where each came from, in the order of the reference. */
export function effectiveValues(config: RuntimeConfig, origins: Origins = {}): EffectiveValue[] {
  return listKeys().map(({ part, field, section, key }) => {
    const values = config[part] as unknown as Readonly<Record<string, unknown>>;
    const value = toToml(key, values[field]);
    const standard = toToml(key, key.default);
    return {
      field: `${part}.${field}`,
      section,
      toml: key.toml,
      value,
      default: standard,
      isDefault: same(value, standard),
      ...(key.unit === undefined ? {} : { unit: key.unit }),
      origin: origins[`${part}.${field}`] ?? { kind: 'default' },
      meaning: key.meaning,
      ...(key.effect === undefined ? {} : { effect: key.effect }),
    };
  });
}

/** A configuration value as it stands in a TOML file. */
export function toToml(key: ConfigKey<unknown>, value: unknown): unknown {
  return key.type.write === undefined ? value : key.type.write(value);
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}
