import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hostFacts } from './host-facts.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hako-facts-')));
afterAll(() => rmSync(folder, { recursive: true }));

test('links are resolved, and what is not there is no path', () => {
  symlinkSync('/usr/bin/env', join(folder, 'link'));
  expect(hostFacts().canonicalPath?.(join(folder, 'link'))).toBe(realpathSync('/usr/bin/env'));
  expect(hostFacts().canonicalPath?.(join(folder, 'none'))).toBeUndefined();
});

test('the size of a file system is told, or why not', () => {
  expect(hostFacts().fileSystemSize?.(folder)).toMatchObject({ blocks: expect.any(Number) });
  expect(hostFacts().fileSystemSize?.(join(folder, 'none'))).toMatchObject({
    error: expect.stringContaining('ENOENT'),
  });
});
