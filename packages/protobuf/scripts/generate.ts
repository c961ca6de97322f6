/**
 * Writes src/gen/*.ts of a package from its proto/*.proto. Run in the package's folder, through its `generate`
 * script: `generate.ts [OUT] [PROTO]`, by default from proto/ into src/gen/. buf (local, no network) parses the .proto files.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { generateFile, type ProtoFile } from './generate-file.ts';

const [out = 'src/gen', proto = 'proto'] = argv.slice(2);
const buf = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.bin/buf');
const built = execFileSync(buf, ['build', proto, '--output', '-#format=json'], {
  encoding: 'utf8',
  maxBuffer: 64 << 20,
});
const files: ProtoFile[] = JSON.parse(built).file;

rmSync(out, { recursive: true, force: true });
for (const file of files) {
  const path = join(out, file.name.replace(/\.proto$/, '.ts'));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, generateFile(file, files));
}
