import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spec } from '@hako/oci-spec';
import { afterAll, expect, test } from 'vitest';
import { execProcess } from './exec-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'hako-exec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const none = { env: [], additionalGids: [], cap: [], newPrivs: true };

const spec: Spec = {
  ociVersion: '1.0.2',
  process: { user: { uid: 1, gid: 1 }, args: ['init'], env: ['A=1'], cwd: '/srv', noNewPrivileges: true },
};

test('a command takes the rest from the container’s own process', async () => {
  expect(await execProcess(spec, ['id', '-u'], { ...none, env: ['B=2'], user: '7:8', cwd: '/tmp' })).toEqual({
    user: { uid: 7, gid: 8 },
    args: ['id', '-u'],
    env: ['A=1', 'B=2'],
    cwd: '/tmp',
    noNewPrivileges: true,
    terminal: false,
  });
});

test('groups, capabilities and no_new_privs are added to the container’s own', async () => {
  const base: Spec = {
    ociVersion: '1.0.2',
    process: {
      user: { uid: 1, gid: 2, umask: 18, additionalGids: [3] },
      args: ['init'],
      cwd: '/',
      capabilities: { bounding: ['CAP_KILL'] },
    },
  };
  const overrides = {
    ...none,
    user: '7',
    additionalGids: ['4'],
    cap: ['net_admin', 'CAP_KILL'],
    newPrivs: false,
  };
  expect(await execProcess(base, ['id'], overrides)).toMatchObject({
    user: { uid: 7, gid: 2, umask: 18, additionalGids: [3, 4] },
    capabilities: {
      bounding: ['CAP_KILL', 'CAP_NET_ADMIN'],
      permitted: ['CAP_NET_ADMIN', 'CAP_KILL'],
      effective: ['CAP_NET_ADMIN', 'CAP_KILL'],
    },
    noNewPrivileges: true,
  });
});

test('a process file is the whole process, and is checked', async () => {
  const good = join(folder, 'good.json');
  writeFileSync(good, '{"user":{"uid":5,"gid":5},"args":["x"],"cwd":"/"}');
  expect(await execProcess(spec, [], { ...none, processFile: good })).toMatchObject({ args: ['x'] });
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, '{"args":1}');
  await expect(execProcess(spec, [], { ...none, processFile: bad })).rejects.toThrow(/args/);
  await expect(execProcess(spec, [], { ...none, processFile: join(folder, 'none') })).rejects.toMatchObject({
    code: 'bad-input',
  });
});

test.each([
  [{ ...none, user: 'root' }, ['id'], '"root"'],
  [{ ...none, additionalGids: ['wheel'] }, ['id'], '"wheel"'],
  [{ ...none, cap: ['NET ADMIN'] }, ['id'], '"NET ADMIN"'],
  [none, [], 'no command given'],
])('bad arguments are named', async (overrides, command, said) => {
  await expect(execProcess(spec, command, overrides)).rejects.toThrow(said);
});

test('a process file that never ends is refused', async () => {
  await expect(execProcess(spec, [], { ...none, processFile: '/dev/zero' })).rejects.toThrow(
    '/dev/zero: "1048577": must not be longer than 1048576 bytes',
  );
});
