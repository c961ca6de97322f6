import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

it('measures everything nine times unless told otherwise', () => {
  expect(parseOptions([], '/clone')).toMatchObject({
    rounds: 9,
    json: '/clone/.hako-cache/bench.json',
    only: [],
    against: undefined,
    report: false,
  });
  expect(parseOptions(['--runs', '3', '--only', 'start', '--only', 'exec'], '/clone')).toMatchObject({
    rounds: 3,
    only: ['start', 'exec'],
    starts: { cold: 200, cloned: 500 },
  });
  expect(parseOptions(['--report'], '/clone').json).toBe('/clone/docs/speed/results.json');
  expect(parseOptions(['--report', '--json', '/tmp/a.json'], '/clone').json).toBe('/tmp/a.json');
  expect(parseOptions(['--starts', '20,100'], '/clone').starts).toEqual({ cold: 20, cloned: 100 });
});

it('says all that is wrong at once', () => {
  expect(() =>
    parseOptions(
      ['--runs', 'x', '--only', 'nothing', '--starts', '20', '--against', '/absent', '--report'],
      '/clone',
    ),
  ).toThrow(
    '--only nothing: no such figure\n--runs x: a number from 1\n--starts 20: two numbers from 1, with a comma\n' +
      '--against /absent: has no dist/bin/hako; run tools/quickstart in it\n--report is of one checkout, not of two',
  );
});

it('takes another checkout that has been built', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-options-'));
  try {
    mkdirSync(join(folder, 'dist/bin'), { recursive: true });
    writeFileSync(join(folder, 'dist/bin/hako'), '');
    expect(parseOptions(['--against', folder], '/clone').against).toBe(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
