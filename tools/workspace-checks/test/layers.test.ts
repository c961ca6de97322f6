import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { importedModules, packageOfImport } from '../src/imports.ts';
import { layerViolation } from '../src/layer-rule.ts';
import { listPackages, type WorkspacePackage, workspaceRoot } from '../src/workspace.ts';

const packages = [...listPackages('packages'), ...listPackages('tools')];
const byName = new Map(packages.map((item) => [item.name, item]));
const folder = mkdtempSync(join(tmpdir(), 'hako-graph-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sourcesOf = (item: WorkspacePackage) =>
  item.files
    .filter((file) => /\.[cm]?ts$/.test(file))
    .map((file) => ({
      file,
      modules: importedModules(readFileSync(join(workspaceRoot, item.folder, file), 'utf8')),
    }));

const graphSchema = z.object({
  graph: z.object({
    nodes: z.record(
      z.string(),
      z.object({ data: z.object({ root: z.string(), tags: z.array(z.string()) }) }),
    ),
    dependencies: z.record(z.string(), z.array(z.object({ source: z.string(), target: z.string() }))),
  }),
});

it('no edge of the package graph breaks the layers', () => {
  const path = join(folder, 'graph.json');
  execFileSync('nx', ['graph', `--file=${path}`], { cwd: workspaceRoot, stdio: 'pipe' });
  const { nodes, dependencies } = graphSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).graph;
  const edges = Object.values(dependencies).flat();
  expect(edges.length).toBeGreaterThan(packages.length);
  const violations = edges.flatMap(({ source, target }) => {
    const [from, to] = [nodes[source], nodes[target]];
    if (from === undefined || to === undefined) return [];
    return layerViolation({ name: source, tags: from.data.tags }, { name: target, tags: to.data.tags }) ?? [];
  });
  expect(violations).toEqual([]);
});

describe.each(packages)('$name', (item) => {
  const sources = sourcesOf(item);

  // Edges come from manifests; an import through another package's files would not show there.
  it('imports within its layer', () => {
    const violations = sources.flatMap(({ file, modules }) =>
      modules.flatMap((name) => {
        const target = byName.get(packageOfImport(name) ?? '');
        const violation = target === undefined || target === item ? undefined : layerViolation(item, target);
        return violation === undefined ? [] : [`${file}: ${violation}`];
      }),
    );
    expect(violations).toEqual([]);
  });

  it('reaches no other package by a relative path', () => {
    const outside = sources.flatMap(({ file, modules }) =>
      modules
        .filter((name) => name.startsWith('.') && join(file, '..', name).startsWith('..'))
        .map((name) => `${file}: ${name}`),
    );
    expect(outside).toEqual([]);
  });
});

describe.each(packages.filter(({ tags }) => tags.includes('platform:any')))(
  '$name, made for any platform',
  (item) => {
    it('uses no module of Node in its sources', () => {
      const used = sourcesOf(item)
        .filter(({ file }) => file.startsWith('src/') && !file.endsWith('.test.ts'))
        .flatMap(({ file, modules }) =>
          modules.filter((name) => name.startsWith('node:')).map((name) => `${file}: ${name}`),
        );
      expect(used).toEqual([]);
    });

    it('compiles without the types of Node, so without its globals', () => {
      const config = readFileSync(join(workspaceRoot, item.folder, 'tsconfig.lib.json'), 'utf8');
      expect(JSON.parse(config)).toMatchObject({ compilerOptions: { types: [] } });
    });
  },
);

it('every package of layer 0 runs anywhere', () => {
  const without = packages.filter(({ tags }) => tags.includes('layer:0') && !tags.includes('platform:any'));
  expect(without.map(({ name }) => name)).toEqual([]);
});
