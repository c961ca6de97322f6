import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerConfig } from '@hako/oci-translate';
import { StateStore } from '@hako/sandbox/state';
import { DeleteResponse } from '@hako/task-protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deleteAction } from './delete.ts';

let folder: string;
let store: StateStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'delete-'));
  store = new StateStore(join(folder, 'state'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A container of the pod, as a shim that was killed leaves it. */
function left(id: string): string {
  const bundlePath = join(folder, id);
  mkdirSync(join(bundlePath, 'rootfs'), { recursive: true });
  store.reserve(id);
  store.writeContainerConfig({ id, bundlePath } as ContainerConfig);
  store.writeContainerState({
    id,
    sandboxId: 'pod',
    status: 'stopped',
    pid: 0,
    pidStartTime: 0,
    createdAt: '2026-01-01T00:00:00Z',
    exitStatus: 5,
    exitedAt: '2026-01-01T00:01:00Z',
  });
  return bundlePath;
}

const deleted = async (id: string) =>
  DeleteResponse.decode(
    await deleteAction({ namespace: 'ns', id, bundle: join(folder, id) }, join(folder, 'state')),
  );

test('with a dead sandbox go those members that containerd does not ask for', async () => {
  for (const id of ['pod', 'asked-for', 'marked']) left(id);
  // As containerd 2 does it.
  writeFileSync(join(folder, 'marked/sandbox'), 'pod');
  rmSync(left('without-bundle'), { recursive: true });
  left('unreadable');
  rmSync(join(store.container('unreadable').directory, 'container.json'));
  await deleted('pod');
  expect(store.list()).toEqual(['asked-for']);
  expect(await deleted('asked-for')).toMatchObject({ exitStatus: 5 });
  expect(await deleted('asked-for')).toMatchObject({ exitStatus: 137 });
  expect(store.list()).toEqual([]);
});
