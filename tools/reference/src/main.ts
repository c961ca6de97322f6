import { mkdirSync, writeFileSync } from 'node:fs';
import { makeDocuments } from './documents.ts';

const folder = new URL('../../../docs/reference/', import.meta.url);

mkdirSync(folder, { recursive: true });
for (const [name, text] of makeDocuments()) writeFileSync(new URL(name, folder), text);
