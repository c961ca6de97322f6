import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const packageDir = join(import.meta.dirname, '..');
const example = join(packageDir, 'examples/basic.ts');

test("the README's example is the one that runs", () => {
  expect(readFileSync(join(packageDir, 'README.md'), 'utf8')).toContain(readFileSync(example, 'utf8'));
  const output = execFileSync(process.execPath, ['--conditions', '@hako/source', example], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
    timeout: 20_000,
  });
  expect(output).toBe('locked true\nlistening true\nstarted true\ncomm true\nEINVAL umount2\n');
});
