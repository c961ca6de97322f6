import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listPackages, workspaceRoot } from '../src/workspace.ts';

const folder = join(workspaceRoot, '.changeset');
const names = listPackages('packages').map(({ name }) => name);
const entries = readdirSync(folder)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

it('each package is released on its own', () => {
  const config: unknown = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  expect(config).toMatchObject({ fixed: [], linked: [], ignore: [], access: 'public', baseBranch: 'main' });
});

it('each entry names packages that exist, a bump and a text', () => {
  for (const { file, text } of entries) {
    const parts = /^---\n([\s\S]*?)---\n([\s\S]+)$/.exec(text);
    expect(parts, file).not.toBeNull();
    const lines = (parts?.[1] ?? '').trim().split('\n');
    expect(lines.length, file).toBeGreaterThan(0);
    for (const line of lines) {
      const [, name, bump] = /^['"](.+)['"]: (\w+)$/.exec(line) ?? [];
      expect(names, `${file}: ${line}`).toContain(name);
      expect(['patch', 'minor', 'major'], `${file}: ${line}`).toContain(bump);
    }
    expect(parts?.[2]?.trim(), file).not.toBe('');
  }
});

it('each package that was never released has an entry', () => {
  const unreleased = listPackages('packages').filter(({ files }) => !files.includes('CHANGELOG.md'));
  const missing = unreleased.filter(({ name }) => !entries.some(({ text }) => text.includes(name)));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
