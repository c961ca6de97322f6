import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spec } from '@hako/oci-spec';
import { afterAll, expect, test } from 'vitest';
import { execProcess } from './exec-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-exec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const spec: Spec = {
  ociVersion: '1.0.2',
  process: { user: { uid: 1, gid: 1 }, args: ['init'], env: ['A=1'], cwd: '/srv', noNewPrivileges: true },
};

test('a command takes the rest from the container’s own process', async () => {
  expect(await execProcess(spec, ['id', '-u'], { env: ['B=2'], user: '7:8', cwd: '/tmp' })).toEqual({
    user: { uid: 7, gid: 8 },
    args: ['id', '-u'],
    env: ['A=1', 'B=2'],
    cwd: '/tmp',
    noNewPrivileges: true,
    terminal: false,
  });
});

test('a process file is the whole process, and is checked', async () => {
  const good = join(folder, 'good.json');
  writeFileSync(good, '{"user":{"uid":5,"gid":5},"args":["x"],"cwd":"/"}');
  expect(await execProcess(spec, [], { env: [], processFile: good })).toMatchObject({ args: ['x'] });
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, '{"args":1}');
  await expect(execProcess(spec, [], { env: [], processFile: bad })).rejects.toThrow(/args/);
  await expect(execProcess(spec, [], { env: [], processFile: join(folder, 'none') })).rejects.toMatchObject({
    code: 'bad-input',
  });
});

test.each([
  [{ env: [], user: 'root' }, ['id'], '"root"'],
  [{ env: [] }, [], 'no command given'],
])('bad arguments are named', async (overrides, command, said) => {
  await expect(execProcess(spec, command, overrides)).rejects.toThrow(said);
});
