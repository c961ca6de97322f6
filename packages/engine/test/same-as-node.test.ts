import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { compileProgram } from '../src/index.ts';
import { systemErrorLines } from '../src/runtime/system-error-lines.ts';

test('files, errors, texts, numbers, timers and signals are as on Node.js', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'engine-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const entry = join(import.meta.dirname, 'programs/same.ts');
  const program = join(dir, 'program');
  await compileProgram({ entry, outFile: program, conditions: ['@hako/source'] });
  const said = ([file = '', ...args]: readonly string[], name: string): string => {
    const work = join(dir, name);
    mkdirSync(work);
    const { status, stderr } = spawnSync(file, [...args, work], { encoding: 'utf8', timeout: 60_000 });
    expect({ status, stderr }).toEqual({ status: 7, stderr: '' });
    return readFileSync(join(work, 'said'), 'utf8').replaceAll(work, 'DIR');
  };
  const onNode = said([process.execPath, entry], 'node');
  expect(onNode.split('\n').length).toBeGreaterThan(500);
  expect(said([program], 'engine').split('\n')).toEqual(onNode.split('\n'));
});

test('names and texts of errors are those of Node.js', () => {
  const lines = [...getSystemErrorMap()]
    .filter(([errno]) => errno > -1000)
    .sort(([a], [b]) => b - a)
    .map(([errno, [name, text]]) => `${-errno} ${name} ${text}\n`);
  expect(systemErrorLines).toBe(lines.join(''));
});
