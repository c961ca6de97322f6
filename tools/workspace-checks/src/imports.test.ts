import { expect, it } from 'vitest';
import { importedModules, packageOfImport } from './imports.ts';

it('finds every form of import', () => {
  const text = `
    import a from 'a';
    import { b, type B } from "b/sub";
    import {
      c,
    } from './c.ts';
    import 'd';
    import type * as e from '@s/e';
    export { f } from '@s/f/sub';
    export * from 'g';
    const h = await import('h');
    const i = 'no import from here';
  `;
  expect(importedModules(text)).toEqual(['a', 'b/sub', './c.ts', 'd', '@s/e', '@s/f/sub', 'g', 'h']);
});

it('ignores comments', () => {
  expect(
    importedModules("// import 'a';\n/** import { b } from 'b'; */\nexport const c = 1; // from 'd'"),
  ).toEqual([]);
});

it('cuts a module name to its package', () => {
  expect(['@hako/errors/x', 'zod/mini', './a.ts', 'node:fs'].map(packageOfImport)).toEqual([
    '@hako/errors',
    'zod',
    undefined,
    undefined,
  ]);
});
