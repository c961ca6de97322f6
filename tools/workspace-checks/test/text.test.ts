import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lengthViolation, machineReferences } from '../src/text-rules.ts';
import { listFiles, workspaceRoot } from '../src/workspace.ts';

const read = (file: string): string => readFileSync(join(workspaceRoot, file), 'utf8');
const files = listFiles().filter((file) => !/\.(cpio|gz|img|bin|png)$/.test(file));

it('no source file is over 400 lines without a reason', () => {
  const sources = files.filter((file) => /\.(ts|sh)$/.test(file) && !/\.test\.ts$|\/src\/gen\//.test(file));
  expect(sources.flatMap((file) => lengthViolation(file, read(file)) ?? [])).toEqual([]);
});

it('no file names a machine, a folder outside of the project or a registry', () => {
  expect(files.flatMap((file) => machineReferences(file, read(file)))).toEqual([]);
});
