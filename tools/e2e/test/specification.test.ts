import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../src/paths.ts';
import { expectInReadme } from '../src/readme-table.ts';
import { SpecBox } from '../src/specification/box.ts';
import { specTable } from '../src/specification/rule.ts';
import { specRules } from '../src/specification/rules.ts';
import { Workbench } from '../src/workbench.ts';

let box: SpecBox;
const passed = new Set<string>();

beforeAll(() => {
  box = new SpecBox(new Workbench());
});
afterAll(() => box.close());

for (const { section, rule, verdict, check, shownBy } of specRules) {
  test(`${section}: ${rule}: ${verdict}`, async () => {
    if (check !== undefined) await check(box);
    if (shownBy !== undefined) expectTest(...shownBy);
    expect(check ?? shownBy).toBeDefined();
    passed.add(rule);
  });
}

/** The test that a rule names must be there; it runs with its own file. */
function expectTest(file: string, title: string): void {
  const text = readFileSync(join(projectRoot, 'tools/e2e/test', file), 'utf8');
  expect(text.includes(`'${title}`) || text.includes(`\`${title}`), `${file}: ${title}`).toBe(true);
}

test('the table in the README of runtime-cli holds these results', () => {
  expect([...passed]).toEqual(specRules.map(({ rule }) => rule));
  expectInReadme('specification.test.ts', specTable(specRules));
});
