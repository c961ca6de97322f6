import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agentVersion } from '../src/version.ts';

const packageDir = join(import.meta.dirname, '..');
const example = join(packageDir, 'examples/basic.ts');

test("the README's example is the one that runs", () => {
  expect(readFileSync(join(packageDir, 'README.md'), 'utf8')).toContain(readFileSync(example, 'utf8'));
  const output = execFileSync(process.execPath, ['--conditions', '@hako/source', example], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
    timeout: 20_000,
  });
  expect(output).toBe(
    [
      '{ status: 1 }',
      'clock set to 1900000000 s',
      'hako.lost_members hako.kept_status hako.boot.agent_start_ms=410 hako.boot.agent_ready_ms=560',
      'TtrpcError: there is no container "web"',
      '',
    ].join('\n'),
  );
});

test('the agent answers the version of its package', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ version: agentVersion });
});
