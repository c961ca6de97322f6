import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { demandRealParts, guestDir, workspaceRoot } from './support.ts';

const run = promisify(execFile);
const packageDir = join(import.meta.dirname, '..');
const example = join(packageDir, 'examples/basic.ts');
const bunPackage = process.arch === 'arm64' ? '@oven/bun-linux-aarch64' : '@oven/bun-linux-x64-baseline';
const bun = join(
  dirname(createRequire(join(workspaceRoot, 'package.json')).resolve(`${bunPackage}/package.json`)),
  'bin/bun',
);

let dir: string;
beforeAll(demandRealParts);
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-qemu-bun-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' };

test("the README's example is the one that runs", { timeout: 60_000 }, async () => {
  expect(readFileSync(join(packageDir, 'README.md'), 'utf8')).toContain(readFileSync(example, 'utf8'));
  const { stdout } = await run(process.execPath, ['--conditions', '@hako/source', example, guestDir], {
    env,
  });
  expect(stdout).toBe('paused\nSIGKILL\n');
});

test('it runs as an executable compiled by Bun', { timeout: 120_000 }, async () => {
  const program = join(dir, 'example');
  const flags = ['--compile', '--minify', '--format=esm', '--conditions', '@hako/source'];
  await run(bun, ['build', ...flags, example, '--outfile', program], { cwd: dir, timeout: 60_000 });
  const { stdout } = await run(program, [guestDir], { env });
  expect(stdout).toBe('paused\nSIGKILL\n');
  const { stdout: missing } = await run(program, [join(dir, 'absent')], { env });
  expect(missing).toMatch(/^host-not-ready .*vmlinux" does not exist; build the guest/);
});
