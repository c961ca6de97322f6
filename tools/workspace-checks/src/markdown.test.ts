import { expect, it } from 'vitest';
import { firstBlock } from './markdown.ts';

const text = 'words\n```sh\nls\n```\n\n```ts\nconst a = `x`;\n```\n```ts\nsecond\n```\n';

it('finds the first block of a language', () => {
  expect(firstBlock(text, ['ts'])).toBe('const a = `x`;\n');
  expect(firstBlock(text, ['console', 'sh'])).toBe('ls\n');
  expect(firstBlock(text, ['json'])).toBeUndefined();
});
