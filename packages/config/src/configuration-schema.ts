import { type JsonSchema, toJsonSchema } from '@hako/shape';
import { toToml } from './effective.ts';
import { hypervisorKinds } from './hypervisor-kinds.ts';
import { type KeyEntry, listKeys } from './sections.ts';

/**
 * JSON Schema (draft 2020-12) of configuration.toml, for editors that check TOML. Rules over several keys are
 * `parseConfiguration`'s.
 */
export function configurationSchema(): JsonSchema {
  const root: Table = { properties: {} };
  for (const { section, toml, entry, type } of listKeys().flatMap(places))
    tableAt(root, section.split('.')).properties[toml] = {
      ...toJsonSchema(type.shape),
      description: describe(entry),
      ...defaultOf(entry),
    };
  const others = [...new Set([...hypervisorKinds['1.x'], ...hypervisorKinds['3.x']])].filter(
    (kind) => kind !== 'qemu',
  );
  for (const kind of others)
    tableAt(root, ['hypervisor', kind]).description = 'A hypervisor that hako does not drive: not read.';
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'configuration.toml of hako',
    ...finish(root),
  };
}

interface Table {
  readonly properties: Record<string, Table | JsonSchema>;
  description?: string;
}

function places(
  entry: KeyEntry,
): { section: string; toml: string; entry: KeyEntry; type: KeyEntry['key']['type'] }[] {
  const { key, section } = entry;
  const own = { section, toml: key.toml, entry, type: key.type };
  const aliases = (key.aliases ?? []).map((alias) => ({
    section: alias.section ?? section,
    toml: alias.toml,
    entry,
    type: alias.type ?? key.type,
  }));
  return [own, ...aliases];
}

function tableAt(root: Table, path: readonly string[]): Table {
  return path.reduce((table, name) => {
    const below = table.properties[name];
    if (isTable(below)) return below;
    const made: Table = { properties: {} };
    table.properties[name] = made;
    return made;
  }, root);
}

function isTable(value: Table | JsonSchema | undefined): value is Table {
  return value !== undefined && !('type' in value) && 'properties' in value;
}

function finish(table: Table): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(table.properties).map(([name, member]) => [
      name,
      isTable(member) ? finish(member) : member,
    ]),
  );
  // A table that is not read may hold anything.
  if (table.description !== undefined) return { type: 'object', description: table.description };
  return { type: 'object', properties, additionalProperties: false };
}

function describe({ key }: KeyEntry): string {
  const notes = [
    key.meaning,
    key.unit && `Unit: ${key.unit}.`,
    key.rule && `${key.rule}.`,
    key.effect && `${key.effect}.`,
  ];
  return notes.filter((note) => note !== undefined && note !== '').join(' ');
}

function defaultOf({ key }: KeyEntry): JsonSchema {
  const value = toToml(key, key.default);
  if (value === undefined) return {};
  return { default: typeof value === 'bigint' ? Number(value) : value };
}
