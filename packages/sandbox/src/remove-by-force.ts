import type { Host } from './host.ts';
import { readJournal } from './journal.ts';
import { runDuePoststop } from './poststop.ts';
import type { StateStore } from './state-store.ts';
import { removeTree, undoJournal } from './undo.ts';

const KILL_TIMEOUT_MS = 5000;

/**
 * Removes a container from outside, also with its shim dead or half started: kills the shim, undoes the sandbox's
 * journal, which ends the sandbox's other containers too, and removes the container's own state, which is all of the
 * sandbox's for its first container. Idempotent; nothing there is fine.
 *
 * @returns what stays with others in it, and poststop hooks that were due and failed
 * @throws SandboxError `teardown-incomplete`; what is left stays in the journal for the next try
 */
export async function removeByForce(
  store: StateStore,
  host: Host,
  { sandboxId, id }: { readonly sandboxId: string; readonly id: string },
): Promise<readonly string[]> {
  const shim = store.readShimRecord(sandboxId);
  if (shim !== null) await host.killProcess(shim.pid, shim.startTime, KILL_TIMEOUT_MS);
  const kept = await undoJournal(readJournal(store.sandbox(sandboxId).journal), host);
  return [...kept, ...(await removeState(store, host, id))];
}

/**
 * Removes the state of a container that has ended, after the poststop hooks that are still due; that of a sandbox's own
 * container once the sandbox's journal has been undone.
 *
 * @returns the hooks that failed
 */
export async function removeState(store: StateStore, host: Host, id: string): Promise<readonly string[]> {
  const failures = await runDuePoststop(store, id);
  await removeTree(store.container(id).directory, host);
  return failures;
}
