import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstBlock } from '../src/markdown.ts';
import { listPackages, workspaceRoot } from '../src/workspace.ts';

// In the package, so that its own name and its dependencies are found; ignored by git, packing and other tools.
const exampleName = '.readme-example.ts';
const config = join(workspaceRoot, 'packages/.readme-examples.json');

const examples = listPackages('packages').flatMap((item) => {
  if (!item.files.includes('README.md')) return [];
  const code = firstBlock(readFileSync(join(workspaceRoot, item.folder, 'README.md'), 'utf8'), ['ts']);
  const tests = item.files.filter((file) => file.endsWith('.test.ts'));
  const isRunByPackage = tests.some((file) =>
    /README\.md|examples\//.test(readFileSync(join(workspaceRoot, item.folder, file), 'utf8')),
  );
  return code === undefined
    ? []
    : { ...item, code, isRunByPackage, path: join(workspaceRoot, item.folder, exampleName) };
});

beforeAll(() => {
  // An example is a module also where it imports nothing.
  for (const { path, code } of examples) writeFileSync(path, `${code}\nexport {};\n`);
});
afterAll(() => {
  for (const { path } of examples) rmSync(path);
  rmSync(config, { force: true });
});

it('examples of the packages compile', () => {
  const files = examples.map(({ path }) => path);
  writeFileSync(config, JSON.stringify({ extends: '../tools/tsconfig.tool.json', files }));
  const { stdout } = spawnSync('tsc', ['--pretty', 'false', '-p', config], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});

describe.each(examples.filter(({ isRunByPackage }) => !isRunByPackage))('$name', ({ path, folder, code }) => {
  it('has an example that runs and prints what its comments say', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@hako/source', path], {
      cwd: join(workspaceRoot, folder),
      encoding: 'utf8',
      timeout: 30_000,
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const promised = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1]);
    for (const line of promised) expect(stdout.split('\n')).toContain(line);
  });
});
