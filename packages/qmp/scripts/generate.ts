import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askSchema } from './ask-schema.ts';
import { schemaTypes } from './schema-types.ts';

/** Writes src/gen/schema.ts from the QEMU of this machine: `pnpm nx generate qmp`. */
const [program = '/usr/bin/qemu-system-x86_64'] = process.argv.slice(2);
const { schema, version } = await askSchema(program);
writeFileSync(join(import.meta.dirname, '../src/gen/schema.ts'), schemaTypes(schema, version));
