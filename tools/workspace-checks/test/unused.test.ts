import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { workspaceRoot } from '../src/workspace.ts';

it('knip finds no unused file, export or dependency', () => {
  const { status, stdout, stderr } = spawnSync('knip', ['--no-progress', '--no-config-hints'], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`.trim()).toBe('');
  expect(status).toBe(0);
});
