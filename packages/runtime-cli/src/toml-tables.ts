/** Values that a settings report is made of. */
export interface Tables {
  readonly [name: string]: string | number | boolean | readonly string[] | Tables;
}

/** Tables as TOML, values before the tables below them, indented as people expect from `kata-env`. */
export function toTomlTables(tables: Tables, path: readonly string[] = []): string {
  const indent = '  '.repeat(path.length);
  const entries = Object.entries(tables);
  const values = entries
    .filter(([, value]) => !isTable(value))
    // A JSON string of these is a TOML string, and so are lists of them.
    .map(([name, value]) => `${indent}${name} = ${JSON.stringify(value)}\n`);
  const below = entries.flatMap(([name, value]) => {
    if (!isTable(value)) return [];
    const at = [...path, name];
    return [`\n${indent}[${at.join('.')}]\n`, toTomlTables(value, at)];
  });
  return [...values, ...below].join('');
}

function isTable(value: Tables[string]): value is Tables {
  return typeof value === 'object' && !Array.isArray(value);
}
