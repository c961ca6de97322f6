import { expect, test } from 'vitest';
import { toTomlTables } from './toml-tables.ts';

test('values come before the tables below them', () => {
  expect(
    toTomlTables({ A: { D: { F: ['x', 'y'] }, B: 'a "quoted" word', C: 3 }, E: { G: true } }).trimStart(),
  ).toBe(`[A]
  B = "a \\"quoted\\" word"
  C = 3

  [A.D]
    F = ["x","y"]

[E]
  G = true
`);
});
