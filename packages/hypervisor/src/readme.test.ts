import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test("the README's ledger does what it says", () => {
  const packageDir = join(import.meta.dirname, '..');
  const [, example = ''] =
    readFileSync(join(packageDir, 'README.md'), 'utf8').match(/```ts\n(.*?)```/s) ?? [];
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', example], {
    encoding: 'utf8',
    cwd: packageDir,
    env: { ...process.env, FORCE_COLOR: '0' },
    timeout: 20_000,
  });
  expect(output).toBe('1\n');
});
