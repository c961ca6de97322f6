import type { ConfigKey, ValueType } from './key.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import { configKeys, listKeys, sectionOf } from './sections.ts';

/** What a key of a file sets. */
export interface Target {
  readonly part: keyof RuntimeConfig;
  readonly field: string;
  readonly key: ConfigKey<unknown>;
  /** That of the key, or of the alias it was found by. */
  readonly type: ValueType<unknown>;
}

type Table = Readonly<Record<string, ConfigKey<unknown>>>;

const parts = Object.keys(configKeys) as readonly (keyof RuntimeConfig)[];

/**
 * What the key `name` of the table `section` sets. A file has few keys and a command reads one file: looking through
 * the tables costs less than making an index of all of them.
 */
export function findTarget(section: string, name: string): Target | undefined {
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
  return undefined;
}

/** True for the tables that are read and for those that lead to one. */
export function isKnownTable(name: string): boolean {
  return knownTables().some((section) => section === name || section.startsWith(`${name}.`));
}

let tables: readonly string[] | undefined;

/** Names of all tables that are read, those of aliases too. */
export function knownTables(): readonly string[] {
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
export function keyNames(table: string): readonly string[] {
  return listKeys().flatMap(({ section, key }) => [
    ...(section === table ? [key.toml] : []),
    ...(key.aliases ?? []).filter((alias) => (alias.section ?? section) === table).map(({ toml }) => toml),
  ]);
}
