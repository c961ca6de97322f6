import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateStore } from '@hako/sandbox/state';
import { TaskServiceV2 } from '@hako/task-protocol';
import { type ServiceHandlers, TtrpcError, TtrpcServer } from '@hako/ttrpc';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endContainer } from './remove-container.ts';

const ids = { id: 'member', sandboxId: 'pod' };
let root: string;
let store: StateStore;
let killed: number[];
/** Ends the shim that a test serves. */
let close: () => Promise<unknown>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'end-'));
  store = new StateStore(root);
  for (const id of ['pod', 'member']) store.reserve(id);
  store.writeShimRecord('pod', { pid: 4711, startTime: 1 });
  killed = [];
});
afterEach(async () => {
  await close();
  rmSync(root, { recursive: true });
});

/** A shim of a pod whose member runs, and cannot be waited for. */
async function serve(stats: NonNullable<ServiceHandlers<typeof TaskServiceV2>['stats']>): Promise<void> {
  const rpc = new TtrpcServer().register(TaskServiceV2, {
    kill: () => ({}),
    wait: () => {
      throw new TtrpcError('unknown', 'wait failed: no reason');
    },
    stats,
  });
  const server = createServer((socket) => rpc.serve(socket));
  await new Promise<void>((resolve) => {
    server.listen(store.sandbox('pod').socket, resolve);
  });
  close = async () => {
    server.close();
    await rpc.shutdown();
  };
}

/** Nothing is mounted, and whoever is killed is noted. */
const host = {
  processStartTime: () => 1,
  killProcess: async (pid: number) => {
    killed.push(pid);
    return true;
  },
  mountsBelow: () => [],
} as unknown as Parameters<typeof endContainer>[0]['host'];

test('a member that does not end by force leaves the others alone while the pod’s guest answers', async () => {
  await serve(async () => ({}));
  await expect(endContainer({ store, host }, ids, 1000)).rejects.toMatchObject({
    code: 'teardown-incomplete',
    message: expect.stringMatching(
      /container member could not be deleted, and sandbox pod lives on: .*no reason/,
    ),
  });
  expect(killed).toEqual([]);
  expect(store.exists('member')).toBe(true);
});

test('with a guest that does not answer the sandbox is ended', async () => {
  await serve(() => new Promise(() => {}));
  await endContainer({ store, host }, ids, 50);
  expect(killed).toEqual([4711]);
  expect([store.exists('member'), store.exists('pod')]).toEqual([false, true]);
});

test('a sandbox’s own container is ended by force, whatever answers', async () => {
  await serve(async () => ({}));
  await endContainer({ store, host }, { id: 'pod', sandboxId: 'pod' }, 1000);
  expect(killed).toEqual([4711]);
  expect(store.exists('pod')).toBe(false);
});
