import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reportError } from './report-error.ts';

let folder: string;
const said = vi.hoisted((): string[] => []);
vi.mock('./output.ts', () => ({ printError: (text: string) => said.push(text) }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-report-'));
  said.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('stderr gets one sentence, the log exactly one JSON object', () => {
  const log = join(folder, 'log');
  reportError(new Error('container not running'), { log, logFormat: 'json', debug: false });
  expect(said).toEqual(['hako: container not running\n']);
  expect(JSON.parse(readFileSync(log, 'utf8'))).toEqual({
    level: 'error',
    msg: 'container not running',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

test('the text form is that of runc', () => {
  const log = join(folder, 'log');
  reportError(new Error('a "quoted" word'), { log, logFormat: 'text', debug: false });
  expect(readFileSync(log, 'utf8')).toMatch(/^time="[^"]+" level=error msg="a \\"quoted\\" word"\n$/);
});

test('a log that cannot be written is told of, and hides nothing', () => {
  reportError(new Error('first'), { log: join(folder, 'no', 'log'), logFormat: 'json', debug: false });
  expect(said[0]).toBe('hako: first\n');
  expect(said[1]).toContain('cannot write the log');
});
