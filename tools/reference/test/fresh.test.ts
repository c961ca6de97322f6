import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeDocuments } from '../src/documents.ts';

const folder = new URL('../../../docs/reference/', import.meta.url);
const documents = makeDocuments();

test.each([...documents])('docs/reference/%s is what the tables give', (name, text) => {
  expect(readFileSync(new URL(name, folder), 'utf8'), 'run pnpm nx run @hako/reference:reference').toBe(text);
});

test('nothing else is there', () => {
  expect(readdirSync(folder).sort()).toEqual([...documents.keys()].sort());
});
