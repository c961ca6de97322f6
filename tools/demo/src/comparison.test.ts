import { execFileSync } from 'node:child_process';
import { release } from 'node:os';
import { expect, it } from 'vitest';
import { comparisonScript, hostEnvironment } from './comparison.ts';

it('shows both sides; run on the host, they are the same', () => {
  const env = Object.fromEntries(hostEnvironment().map((entry) => entry.split(/=(.*)/s).slice(0, 2)));
  const lines = execFileSync('sh', ['-c', comparisonScript], { encoding: 'utf8', env }).trimEnd().split('\n');
  const kernel = lines.find((line) => line.startsWith('kernel'))?.split(/\s+/);
  expect(kernel).toEqual(['kernel', release(), release()]);
  expect(lines).toHaveLength(5);
});
