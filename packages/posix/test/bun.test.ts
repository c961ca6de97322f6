import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { byteStreams } from './cases/byte-streams.ts';
import { mounts } from './cases/mounts.ts';
import { networks } from './cases/networks.ts';
import { systemCalls } from './cases/system-calls.ts';

const run = promisify(execFile);
const workspaceRoot = join(import.meta.dirname, '../../..');
const bunPackage = process.arch === 'arm64' ? '@oven/bun-linux-aarch64' : '@oven/bun-linux-x64-baseline';
const bun = join(
  dirname(createRequire(join(workspaceRoot, 'package.json')).resolve(`${bunPackage}/package.json`)),
  'bin/bun',
);

let buildDir: string;
let program: string;
let dir: string;
beforeAll(async () => {
  buildDir = mkdtempSync(join(tmpdir(), 'hako-posix-build-'));
  program = join(buildDir, 'cases');
  const source = join(import.meta.dirname, 'bun-main.ts');
  const flags = ['--compile', '--minify', '--bytecode', '--conditions', '@hako/source'];
  await run(bun, ['build', ...flags, source, '--outfile', program], { timeout: 60_000, cwd: buildDir });
}, 60_000);
afterAll(() => rmSync(buildDir, { recursive: true, force: true }));
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'hako-posix-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('in an executable compiled by Bun', () => {
  for (const name of Object.keys({ ...systemCalls, ...mounts, ...networks, ...byteStreams })) {
    test(name, async () => {
      await run(program, [name, dir], { timeout: 20_000, killSignal: 'SIGKILL' });
    }, 25_000);
  }
});
