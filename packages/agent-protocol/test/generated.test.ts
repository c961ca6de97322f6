import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('the committed types are what the generator writes from the .proto files', () => {
  const out = mkdtempSync(join(tmpdir(), 'hako-gen-'));
  try {
    execFileSync(execPath, ['../protobuf/scripts/generate.ts', out], { cwd: root });
    expect(sources(join(root, 'src/gen'))).toEqual(sources(out));
  } finally {
    rmSync(out, { recursive: true });
  }
});

function sources(folder: string): Record<string, string> {
  const names = globSync('**/*.ts', { cwd: folder }).toSorted();
  expect(names).not.toHaveLength(0);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
