import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const packageDir = join(import.meta.dirname, '..');
const example = join(packageDir, 'examples/basic.ts');

test("the README's example is the one that runs", () => {
  expect(readFileSync(join(packageDir, 'README.md'), 'utf8')).toContain(readFileSync(example, 'utf8'));
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const output = execFileSync(
    process.execPath,
    ['--conditions', '@hako/source', example, '/nowhere/hako-agent'],
    { encoding: 'utf8', env: { ...process.env, HOME: home }, timeout: 20_000 },
  );
  expect(output).toBe(
    'agent-missing there is no agent at /nowhere/hako-agent; build it first (nx bundle guest-agent)\n',
  );
  rmSync(home, { recursive: true });
});
