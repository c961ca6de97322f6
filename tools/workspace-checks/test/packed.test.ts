import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listPackages, readManifest, workspaceRoot } from '../src/workspace.ts';

// What users get: each package as packed, not as it lies in the workspace.
const packages = listPackages('packages').filter(({ manifest }) => manifest.private !== true);
const folder = mkdtempSync(join(tmpdir(), 'hako-pack-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const unbuilt = packages.filter((item) => !existsSync(join(workspaceRoot, item.folder, 'dist')));
  if (unbuilt.length > 0) throw new Error(`build first: ${unbuilt.map(({ name }) => name).join(', ')}`);
  const packed = spawnSync('pnpm', ['--filter', './packages/*', '-r', 'pack', '--pack-destination', folder], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  if (packed.status !== 0) throw new Error(`pnpm pack failed: ${packed.stdout}${packed.stderr}`);
});

const tarballOf = (name: string, version: string | undefined): string =>
  join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);

it('packs every public package and nothing else', () => {
  const expected = packages.map(({ name, manifest }) => tarballOf(name, manifest.version));
  expect(
    readdirSync(folder)
      .map((file) => join(folder, file))
      .sort(),
  ).toEqual(expected.sort());
});

describe.each(packages)('$name', ({ name, manifest }) => {
  it('passes publint --strict', async () => {
    const tarball = new Uint8Array(readFileSync(tarballOf(name, manifest.version))).buffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('has types that resolve as its code does, for ESM', async () => {
    const tarball = createPackageFromTarballData(
      new Uint8Array(readFileSync(tarballOf(name, manifest.version))),
    );
    const result = await checkPackage(tarball);
    expect(result.types).not.toBe(false);
    if (!('problems' in result)) return;
    // The esm-only profile: consumers on node10 and on CommonJS are not served, by design.
    const problems = result.problems.filter(
      (problem) =>
        !('resolutionKind' in problem) || !['node10', 'node16-cjs'].includes(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  });

  it('names real versions of what it needs', () => {
    const unpacked = mkdtempSync(join(folder, 'unpacked-'));
    execFileSync('tar', ['-xzf', tarballOf(name, manifest.version), '-C', unpacked]);
    const packed = readManifest(join(unpacked, 'package/package.json'));
    const ranges = Object.entries({
      ...packed.dependencies,
      ...packed.optionalDependencies,
      ...packed.peerDependencies,
    });
    expect(ranges.filter(([, range]) => !/^[\^~]?\d/.test(range))).toEqual([]);
    expect(existsSync(join(unpacked, 'package/README.md'))).toBe(true);
    expect(existsSync(join(unpacked, 'package/dist/.tsbuildinfo'))).toBe(false);
  });
});
