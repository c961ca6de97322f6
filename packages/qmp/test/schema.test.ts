import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askSchema } from '../scripts/ask-schema.ts';
import { schemaTypes } from '../scripts/schema-types.ts';

const qemu = '/usr/bin/qemu-system-x86_64';
const generated = readFileSync(join(import.meta.dirname, '../src/gen/schema.ts'), 'utf8');

test('types of every kind', () => {
  const text = schemaTypes(
    [
      { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
      { name: 'int', 'meta-type': 'builtin', 'json-type': 'int' },
      { name: '0', 'meta-type': 'object', members: [] },
      { name: '1', 'meta-type': 'enum', members: [{ name: 'on' }, { name: 'off' }] },
      { name: '[str]', 'meta-type': 'array', 'element-type': 'str' },
      {
        name: '2',
        'meta-type': 'object',
        tag: 'mode',
        members: [
          { name: 'mode', type: '1' },
          { name: 'read-only', type: 'int', default: null },
        ],
        variants: [
          { case: 'on', type: '3' },
          { case: 'off', type: '0' },
        ],
      },
      { name: '3', 'meta-type': 'object', members: [{ name: 'names', type: '[str]' }] },
      { name: 'set', 'meta-type': 'command', 'arg-type': '2', 'ret-type': '0' },
      { name: 'DONE', 'meta-type': 'event', 'arg-type': '3' },
    ],
    '1.2.3',
  );
  expect(text).toContain("readonly 'set': { readonly arguments: T0; readonly reply: Nothing };");
  expect(text).toContain("readonly 'DONE': T1;");
  expect(text).toContain(
    "type T0 = { readonly 'read-only'?: number } & (({ readonly mode: 'on' } & T1) | { readonly mode: 'off' });",
  );
  expect(text).toContain('type T1 = { readonly names: readonly string[] };');
});

test('the types are those of the QEMU that is installed, or it still has what they name', async () => {
  const { schema, version } = await askSchema(qemu);
  const recorded = /of QEMU (\S+)\./.exec(generated)?.[1];
  if (recorded === version) {
    expect(generated).toBe(schemaTypes(schema, version));
    return;
  }
  const names = new Set(schema.map(({ name }) => name));
  const source = readFileSync(join(import.meta.dirname, '../src/commands.ts'), 'utf8');
  const used = [...source.matchAll(/defineCommand\(\s*'([\w-]+)'/g)].map(([, name]) => name ?? '');
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter((name) => !names.has(name))).toEqual([]);
});
