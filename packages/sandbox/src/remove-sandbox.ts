import type { Host } from './host.ts';
import { readJournal } from './journal.ts';
import type { StateStore } from './state-store.ts';
import { removeTree, undoJournal } from './undo.ts';

const KILL_TIMEOUT_MS = 5000;

/**
 * Ends and removes everything of a sandbox, also with its shim dead or half started: kills the shim, undoes the
 * journal, removes the state. Idempotent; nothing there is fine.
 *
 * @throws SandboxError `teardown-incomplete`; what is left stays in the journal for the next try
 */
export async function removeSandboxByForce(store: StateStore, host: Host, sandboxId: string): Promise<void> {
  const paths = store.sandbox(sandboxId);
  const shim = store.readShimRecord(sandboxId);
  if (shim !== null) await host.killProcess(shim.pid, shim.startTime, KILL_TIMEOUT_MS);
  await undoJournal(readJournal(paths.journal), host);
  await removeSandboxState(store, host, sandboxId);
}

/** Removes the state of a sandbox whose journal has been undone. */
export async function removeSandboxState(store: StateStore, host: Host, sandboxId: string): Promise<void> {
  await removeTree(store.sandbox(sandboxId).directory, host);
}
