import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRuntimeConfig } from '@hako/config';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shareSandboxMounts } from './share-sandbox-mounts.ts';
import { fakeHost } from './testing/fake-host.ts';

let folder: string;
let told: string[];
let paths: { share: string; shareFolders: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hako-binds-'));
  told = [];
  paths = { share: join(folder, 'share'), shareFolders: join(folder, 'share-folders') };
  mkdirSync(paths.shareFolders);
  mkdirSync(join(folder, 'hooks'));
  writeFileSync(join(folder, 'hooks/note'), 'x');
});
afterEach(() => rmSync(folder, { recursive: true }));

function share(sandboxBindMounts: readonly string[], sharedFs: 'virtio-9p' | 'none' = 'virtio-9p') {
  const { runtime, hypervisor } = defaultRuntimeConfig();
  const config = {
    runtime: { ...runtime, sandboxBindMounts },
    hypervisor: { ...hypervisor, sharedFs },
  };
  const host = fakeHost({
    bindMount: (source, target, { readonly }) =>
      void told.push(`bind ${source} ${target} ${readonly ? 'ro' : 'rw'}`),
  });
  const ledger = {
    announce: async (resource: object) => void told.push(`announce ${JSON.stringify(resource)}`),
    processStarted: async () => {},
  };
  return shareSandboxMounts(paths, config, host, ledger);
}

test('each is announced before it is bound, and read-only unless it says otherwise', async () => {
  expect(await share([join(folder, 'hooks'), `${paths.shareFolders}:rw`])).toEqual([]);
  const target = (name: string) => join(paths.share, 'sandbox-mounts', name);
  const announced = (name: string) => `announce ${JSON.stringify({ kind: 'mount', target: target(name) })}`;
  expect(told).toEqual([
    announced('hooks'),
    `bind ${join(folder, 'hooks')} ${target('hooks')} ro`,
    announced('share-folders'),
    `bind ${paths.shareFolders} ${target('share-folders')} rw`,
  ]);
  expect(readdirSync(join(paths.shareFolders, 'sandbox-mounts'))).toEqual(['hooks', 'share-folders']);
});

test('without a share they are copies, of which folders follow the host', async () => {
  const given = ['hooks', 'hooks/note:ro'].map((name) => join(folder, name));
  const at = '/run/kata-containers/shared/containers/sandbox-mounts';
  expect(await share(given, 'none')).toMatchObject([
    { source: join(folder, 'hooks'), guestPath: `${at}/hooks`, followed: true },
    { source: join(folder, 'hooks/note'), guestPath: `${at}/note`, followed: false },
  ]);
  expect([told, readdirSync(paths.shareFolders)]).toEqual([[], []]);
});

test('what has gone since it was checked is named', async () => {
  await expect(share([join(folder, 'gone')])).rejects.toMatchObject({
    code: 'host-refused',
    facts: { path: join(folder, 'gone') },
  });
});

test('so is a device node', async () => {
  await expect(share(['/dev/null'])).rejects.toMatchObject({ code: 'unsupported' });
});
