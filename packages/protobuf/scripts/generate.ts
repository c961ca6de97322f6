/**
 * Writes src/gen/*.ts of a package from its proto/*.proto. Run in the package's folder, through its `generate`
 * script: `generate.ts [OUT] [PROTO]`, by default from proto/ into src/gen/. buf (local, no network) parses the .proto files.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { buildDescriptors } from './build-descriptors.ts';
import { generateFile, type ProtoFile } from './generate-file.ts';

const [out = 'src/gen', proto = 'proto'] = argv.slice(2);
const files: ProtoFile[] = JSON.parse(buildDescriptors(proto, '.', 'json').toString()).file;

rmSync(out, { recursive: true, force: true });
for (const file of files) {
  const path = join(out, file.name.replace(/\.proto$/, '.ts'));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, generateFile(file, files));
}
