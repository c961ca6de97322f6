import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, test } from 'vitest';

const run = promisify(execFile);
const workspaceRoot = join(import.meta.dirname, '../../..');
const bunPackage = process.arch === 'arm64' ? '@oven/bun-linux-aarch64' : '@oven/bun-linux-x64-baseline';
const bun = join(
  dirname(createRequire(join(workspaceRoot, 'package.json')).resolve(`${bunPackage}/package.json`)),
  'bin/bun',
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-agent-client-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('client and server work in an executable compiled by Bun', async () => {
  const program = join(folder, 'program');
  const flags = ['--compile', '--minify', '--bytecode', '--format=esm', '--conditions=@hako/source'];
  const source = join(import.meta.dirname, 'bun-main.ts');
  await run(bun, ['build', ...flags, source, '--outfile', program], { timeout: 60_000, cwd: folder });
  await run(program, [folder], { timeout: 30_000, killSignal: 'SIGKILL' });
});
