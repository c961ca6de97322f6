import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { programVersion } from './program-version.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hako-version-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a program is asked once, and again where it failed or is another one', async () => {
  const program = join(dir, 'program');
  const count = join(dir, 'count');
  const write = (script: string): void => {
    // Another file, whatever the clock says.
    rmSync(program, { force: true });
    writeFileSync(program, `#!/bin/sh\necho >>${count}\n${script}\n`);
    chmodSync(program, 0o755);
  };
  const timesAsked = (): number => readFileSync(count, 'utf8').length;
  write('exit 1');
  await expect(programVersion(program)).rejects.toThrow();
  await expect(programVersion(program)).rejects.toThrow();
  expect(timesAsked()).toBe(2);
  write('echo "one $1"');
  expect(await Promise.all([programVersion(program), programVersion(program)])).toEqual([
    'one --version\n',
    'one --version\n',
  ]);
  expect(timesAsked()).toBe(3);
  await expect(programVersion(join(dir, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' });
});
