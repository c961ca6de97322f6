import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAnySigned, putSign, removeSign } from './cache-sign.ts';

test('there may be a cache while one has its sign, whichever', () => {
  const top = mkdtempSync(join(tmpdir(), 'hako-signs-'));
  onTestFinished(() => rmSync(top, { recursive: true }));
  const signs = join(top, 'signs');
  expect(isAnySigned(signs)).toBe(false);
  for (const folder of ['/run/a.d', '/run/b.d', '/run/a.d']) putSign(folder, signs);
  removeSign('/run/a.d', signs);
  expect(isAnySigned(signs)).toBe(true);
  for (const folder of ['/run/b.d', '/run/none.d']) removeSign(folder, signs);
  expect(isAnySigned(signs)).toBe(false);
});
