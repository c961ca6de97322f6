import type { ConfigKey, KeyTable, ValueType } from './key.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import { configKeys, listKeys, sectionOf } from './sections.ts';

/** What a key of a file sets. */
export interface Target {
  readonly part: string;
  readonly field: string;
  readonly key: ConfigKey<unknown>;
  /** That of the key, or of the alias it was found by. */
  readonly type: ValueType<unknown>;
}

/** A table of configuration.toml that somebody else adds, and the part of the configuration that it fills. */
export interface ForeignTable<P extends string = string, T = unknown> {
  /** Name of the part: `telemetry` for `config.telemetry`. */
  readonly part: P;
  /** Name of the table in the file; default: that of the part. */
  readonly section?: string;
  /** One key for each member of the part. */
  readonly keys: KeyTable<T>;
}

type Table = Readonly<Record<string, ConfigKey<unknown>>>;

const parts = Object.keys(configKeys) as readonly (keyof RuntimeConfig)[];

/**
 * What the key `name` of the table `section` sets. A file has few keys and a command reads one file: looking through
 * the tables costs less than making an index of all of them.
 */
export function findTarget(
  section: string,
  name: string,
  foreign: readonly ForeignTable[] = [],
): Target | undefined {
  for (const part of parts) {
    if (sectionOf[part] !== section) continue;
    const table = configKeys[part] as Table;
    for (const field in table) {
      const key = table[field];
      if (key?.toml === name) return { part, field, key, type: key.type };
    }
  }
  for (const part of parts) {
    const table = configKeys[part] as Table;
    for (const field in table) {
      const key = table[field];
      if (key?.aliases === undefined) continue;
      for (const alias of key.aliases)
        if (alias.toml === name && (alias.section ?? sectionOf[part]) === section)
          return { part, field, key, type: alias.type ?? key.type };
    }
  }
  for (const table of foreign) {
    if (sectionOfForeign(table) !== section) continue;
    for (const [field, key] of Object.entries(table.keys as Table))
      if (key.toml === name) return { part: table.part, field, key, type: key.type };
  }
  return undefined;
}

function sectionOfForeign({ part, section = part }: ForeignTable): string {
  return section;
}

/** True for the tables that are read and for those that lead to one. */
export function isKnownTable(name: string, foreign: readonly ForeignTable[] = []): boolean {
  return knownTables(foreign).some((section) => section === name || section.startsWith(`${name}.`));
}

/** Names of all tables that are read, those of aliases too. */
export function knownTables(foreign: readonly ForeignTable[] = []): readonly string[] {
  return foreign.length === 0 ? ownTables() : [...ownTables(), ...foreign.map(sectionOfForeign)];
}

let tables: readonly string[] | undefined;

function ownTables(): readonly string[] {
  if (tables !== undefined) return tables;
  const names = new Set<string>(Object.values(sectionOf));
  for (const part of parts) {
    const table = configKeys[part] as Table;
    for (const field in table)
      for (const { section } of table[field]?.aliases ?? []) if (section !== undefined) names.add(section);
  }
  tables = [...names];
  return tables;
}

/** Names of the keys and aliases of a table; none for a table that is not read. */
export function keyNames(table: string, foreign: readonly ForeignTable[] = []): readonly string[] {
  const theirs = foreign
    .filter((one) => sectionOfForeign(one) === table)
    .flatMap(({ keys }) => Object.values(keys as Table).map(({ toml }) => toml));
  const own = listKeys().flatMap(({ section, key }) => [
    ...(section === table ? [key.toml] : []),
    ...(key.aliases ?? []).filter((alias) => (alias.section ?? section) === table).map(({ toml }) => toml),
  ]);
  return [...own, ...theirs];
}
