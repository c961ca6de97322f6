import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addSharedMounts } from './shared-mounts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shared-mounts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** This process stands for both containers: /proc is mounted here. */
async function add(changes: { srcCtr?: string; srcPath?: string; dstPath: string }) {
  const bound: string[] = [];
  const mount = { name: 'm', srcCtr: 'maker', srcPath: '/proc/', dstCtr: 'user', ...changes };
  const pidOf = (name: string) => (name === 'maker' ? process.pid : undefined);
  const place = ({ pid, fd }: { pid: number; fd: number }) =>
    `${pid === process.pid} ${readlinkSync(`/proc/self/fd/${fd}`)}`;
  await addSharedMounts(
    [mount],
    { pid: process.pid, pidOf, timeoutMs: 100 },
    {
      bindAcross: (source, target) => void bound.push(`${place(source)} on ${place(target)}`),
    },
  );
  return bound;
}

test('the folder for it is made', async () => {
  const dstPath = join(folder, 'a/b');
  expect(await add({ dstPath })).toEqual([`true /proc on true ${dstPath}`]);
});

test('a container that is not there is passed over', async () => {
  expect(await add({ srcCtr: 'nobody', dstPath: join(folder, 'a') })).toEqual([]);
  expect(existsSync(join(folder, 'a'))).toBe(false);
});

test('what nobody mounts is named after a while', async () => {
  await expect(add({ srcPath: '/no/mount', dstPath: join(folder, 'a') })).rejects.toMatchObject({
    code: 'failed-precondition',
    message: 'shared mount m: container maker has nothing mounted at /no/mount after 100 ms',
  });
});

test('no link leads elsewhere', async () => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(folder, 'link'));
  await expect(add({ dstPath: join(folder, 'link/sub') })).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  expect(existsSync(join(elsewhere, 'sub'))).toBe(false);
});
