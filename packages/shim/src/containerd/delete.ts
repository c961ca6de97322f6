import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Host,
  posixHost,
  removeByForce,
  removeState,
  StateStore,
  shimIsAlive,
} from '@hako/sandbox/state';
import { DeleteResponse, timestampFromMs } from '@hako/task-protocol';
import { connectShim } from '../connect-shim.ts';
import type { ShimArguments } from './shim-arguments.ts';
import { removeIfThere, socketOf } from './socket-place.ts';
import { containerdStateRoot } from './state-root.ts';

/** For a process that ended with its shim (128 + SIGKILL), as containerd's own shim answers. */
const KILLED_STATUS = 137;
const SIGKILL = 9;
/** containerd waits for 5 s. */
const MEMBER_TIMEOUT_MS = 3000;

/**
 * `delete`: removes whatever is left of a container whose shim containerd cannot reach, or that has been deleted in order.
 * Safe to call again.
 *
 * @returns the DeleteResponse that goes to stdout
 * @throws SandboxError `teardown-incomplete`
 */
export async function deleteAction(
  { namespace, id, bundle }: Pick<ShimArguments, 'namespace' | 'id' | 'bundle'>,
  stateRoot: string = containerdStateRoot(namespace),
): Promise<Uint8Array> {
  const store = new StateStore(stateRoot);
  const host = posixHost();
  const end = recordedEnd(store, id);
  if (store.exists(id)) {
    const sandboxId = sandboxOfState(store, id);
    const socket = socketOf(store.sandbox(sandboxId).socket);
    const lives = sandboxId !== id && shimIsAlive(store, host, sandboxId);
    const failures = await (lives
      ? removeMember(store, host, { sandboxId, id })
      : removeByForce(store, host, { sandboxId, id }));
    for (const failure of failures) writeFileSync(2, `${failure}\n`);
    if (sandboxId === id) await removeMembers(store, host, id);
    if (socket !== undefined && !lives) removeIfThere(socket);
  }
  host.unmountAll(join(bundle, 'rootfs'));
  return DeleteResponse.encode(end);
}

/**
 * What is left of a pod's members goes with their dead sandbox where nobody asks for each: containerd 2 calls `delete` for
 * the sandbox only, and marks the members' bundles. containerd 1 asks, and is told how each ended.
 */
async function removeMembers(store: StateStore, host: Host, sandboxId: string): Promise<void> {
  for (const id of store.list()) {
    if (sandboxOfState(store, id) !== sandboxId) continue;
    const bundle = bundleOf(store, id);
    // It may be on the way of removing them by itself.
    const isAskedFor = existsSync(bundle) && !existsSync(join(bundle, 'sandbox'));
    if (isAskedFor) continue;
    for (const failure of await removeState(store, host, id)) writeFileSync(2, `${failure}\n`);
  }
}

/** A member of a pod whose sandbox lives: the others go on. */
async function removeMember(
  store: StateStore,
  host: Host,
  { sandboxId, id }: { readonly sandboxId: string; readonly id: string },
): Promise<readonly string[]> {
  const shim = await connectShim(store, sandboxId);
  try {
    const signal = AbortSignal.timeout(MEMBER_TIMEOUT_MS);
    await shim.task.kill({ id, signal: SIGKILL, all: true }, { signal }).catch(() => {});
    await shim.task.wait({ id }, { signal });
    await shim.task.delete({ id }, { signal });
    return [];
  } catch (error) {
    return [(error as Error).message, ...(await removeState(store, host, id))];
  } finally {
    shim.close();
  }
}

function bundleOf(store: StateStore, id: string): string {
  try {
    return store.readContainerConfig(id).bundlePath;
  } catch {
    // Not written yet.
    return '';
  }
}

function sandboxOfState(store: StateStore, id: string): string {
  try {
    return store.readContainerState(id).sandboxId;
  } catch {
    // Not made yet, or not readable: then it is taken as its own sandbox.
    return id;
  }
}

/** How the container ended, where its shim could still write it down. */
function recordedEnd(store: StateStore, id: string): Partial<DeleteResponse> {
  const killedNow = { exitStatus: KILLED_STATUS, exitedAt: timestampFromMs(Date.now()) };
  try {
    const { pid, exitStatus, exitedAt } = store.readContainerState(id);
    if (exitStatus === undefined || exitedAt === undefined) return { pid, ...killedNow };
    return { pid, exitStatus, exitedAt: timestampFromMs(Date.parse(exitedAt)) };
  } catch {
    // Deleted in order, or never made.
    return killedNow;
  }
}
