import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { projectRoot } from './paths.ts';

const readmePath = join(projectRoot, 'packages/runtime-cli/README.md');
const end = '\n<!-- The end of what is made. -->';

/**
 * The table that a test file makes must stand in the README of runtime-cli; with HAKO_WRITE_TABLE=1 it is written
 * there.
 */
export function expectInReadme(testFile: string, table: string): void {
  const begin = `<!-- Made from the results of tools/e2e/test/${testFile}; with HAKO_WRITE_TABLE=1 it writes this. -->\n`;
  const readme = readFileSync(readmePath, 'utf8');
  const at = readme.indexOf(begin);
  expect(at, `a place for the table of ${testFile}`).toBeGreaterThan(0);
  const from = at + begin.length;
  const to = readme.indexOf(end, from);
  expect(to).toBeGreaterThan(from - end.length);
  const fresh = `${readme.slice(0, from)}${table}${readme.slice(to)}`;
  if (process.env.HAKO_WRITE_TABLE === '1') writeFileSync(readmePath, fresh);
  else expect(readme).toBe(fresh);
}
