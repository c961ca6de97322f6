/** An entry of `query-qmp-schema` (QEMU's qapi/introspect.json). */
export interface SchemaInfo {
  readonly name: string;
  readonly 'meta-type': 'builtin' | 'enum' | 'array' | 'object' | 'alternate' | 'command' | 'event';
  readonly 'json-type'?: string;
  readonly 'element-type'?: string;
  readonly 'arg-type'?: string;
  readonly 'ret-type'?: string;
  readonly tag?: string;
  readonly members?: readonly { readonly name?: string; readonly type?: string; readonly default?: null }[];
  readonly variants?: readonly { readonly case: string; readonly type: string }[];
}

/** Commands that take more than the schema says: properties of the device. */
const open: ReadonlySet<string> = new Set(['device_add']);
const more = ' & Readonly<Record<string, unknown>>';

const builtins: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  int: 'number',
  boolean: 'boolean',
  null: 'null',
  value: 'unknown',
};

/**
 * TypeScript for a schema: `QmpCommands` and `QmpEvents`, by name, and the types that they need. QEMU hides the names of its
 * types behind numbers, which are not the same in another build; they are counted in the order in which they are met.
 */
export function schemaTypes(schema: readonly SchemaInfo[], version: string): string {
  const byName = new Map(schema.map((info) => [info.name, info]));
  const numbers = new Map<string, number>();
  const declarations: string[] = [];

  const reference = (name: string | undefined): string => {
    const info = name === undefined ? undefined : byName.get(name);
    if (name === undefined || info === undefined) throw new Error(`the schema has no type ${name}`);
    if (info['meta-type'] === 'builtin') return builtins[info['json-type'] ?? ''] ?? 'unknown';
    if (info['meta-type'] === 'array') return `readonly ${parenthesised(reference(info['element-type']))}[]`;
    if (isEmpty(info)) return 'Nothing';
    const known = numbers.get(name);
    if (known !== undefined) return `T${known}`;
    const number = numbers.size;
    numbers.set(name, number);
    // The place is taken before what it refers to, so that types come in the order in which they are met.
    const place = declarations.push('') - 1;
    declarations[place] = `type T${number} = ${body(info)};`;
    return `T${number}`;
  };

  const body = (info: SchemaInfo): string => {
    const members = info.members ?? [];
    if (info['meta-type'] === 'enum') return members.map(({ name }) => quote(name)).join(' | ');
    if (info['meta-type'] === 'alternate') return members.map(({ type }) => reference(type)).join(' | ');
    const own = members
      .filter(({ name }) => name !== info.tag)
      .map(
        (member) =>
          `readonly ${key(member.name)}${'default' in member ? '?' : ''}: ${reference(member.type)}`,
      );
    const common = own.length === 0 ? [] : [`{ ${own.join('; ')} }`];
    if (info.variants === undefined) return common.join('') || 'Nothing';
    const cases = info.variants.map(({ case: value, type }) => {
      const tag = `{ readonly ${key(info.tag)}: ${quote(value)} }`;
      const rest = reference(type);
      return rest === 'Nothing' ? tag : `(${tag} & ${rest})`;
    });
    return [...common, `(${cases.join(' | ')})`].join(' & ');
  };

  const isEmpty = (info: SchemaInfo): boolean =>
    info['meta-type'] === 'object' && (info.members ?? []).length === 0 && info.variants === undefined;

  const list = (kind: 'command' | 'event', line: (info: SchemaInfo) => string): string[] =>
    schema
      .filter((info) => info['meta-type'] === kind)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((info) => `  readonly ${quote(info.name)}: ${line(info)};`);

  const commands = list(
    'command',
    (info) =>
      `{ readonly arguments: ${reference(info['arg-type'])}${open.has(info.name) ? more : ''}; readonly reply: ${reference(info['ret-type'])} }`,
  );
  const events = list('event', (info) => reference(info['arg-type']));
  return [
    `// Made by scripts/generate.ts from query-qmp-schema of QEMU ${version}. Do not edit.`,
    '',
    '/** No members. */',
    'type Nothing = Readonly<Record<never, never>>;',
    '',
    '/** Arguments and reply of every command. */',
    'export interface QmpCommands {',
    ...commands,
    '}',
    '',
    '/** Data of every event. */',
    'export interface QmpEvents {',
    ...events,
    '}',
    '',
    ...declarations,
    '',
  ].join('\n');
}

function parenthesised(type: string): string {
  return type.startsWith('readonly ') ? `(${type})` : type;
}

function quote(text: string | undefined): string {
  return `'${text ?? ''}'`;
}

function key(name: string | undefined): string {
  return name !== undefined && /^[a-z_]\w*$/i.test(name) ? name : quote(name);
}
