import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readManifest } from './manifest.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'manifest-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

test.each([
  ['nothing there', undefined, 'ENOENT'],
  ['no JSON', '{', 'JSON'],
  ['another version', '{"version": 2}', 'version'],
])('a manifest that is unusable is refused: %s', (_name, content, word) => {
  if (content !== undefined) writeFileSync(join(dir, 'manifest.json'), content);
  expect(() => readManifest(dir)).toThrow(
    expect.objectContaining({
      code: 'bad-manifest',
      facts: { path: join(dir, 'manifest.json') },
      message: expect.stringContaining(word),
    }),
  );
});
