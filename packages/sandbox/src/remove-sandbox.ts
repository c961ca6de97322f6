import type { Host } from './host.ts';
import { readJournal } from './journal.ts';
import { runDuePoststop } from './poststop.ts';
import type { StateStore } from './state-store.ts';
import { removeTree, undoJournal } from './undo.ts';

const KILL_TIMEOUT_MS = 5000;

/**
 * Ends and removes everything of a sandbox, also with its shim dead or half started: kills the shim, undoes the
 * journal, removes the state. Idempotent; nothing there is fine.
 *
 * @returns poststop hooks that were due and failed
 * @throws SandboxError `teardown-incomplete`; what is left stays in the journal for the next try
 */
export async function removeSandboxByForce(
  store: StateStore,
  host: Host,
  sandboxId: string,
): Promise<readonly string[]> {
  const paths = store.sandbox(sandboxId);
  const shim = store.readShimRecord(sandboxId);
  if (shim !== null) await host.killProcess(shim.pid, shim.startTime, KILL_TIMEOUT_MS);
  await undoJournal(readJournal(paths.journal), host);
  return removeSandboxState(store, host, sandboxId);
}

/**
 * Removes the state of a sandbox whose journal has been undone, after the poststop hooks that are still due.
 *
 * @returns the hooks that failed
 */
export async function removeSandboxState(
  store: StateStore,
  host: Host,
  sandboxId: string,
): Promise<readonly string[]> {
  const failures = await runDuePoststop(store, sandboxId);
  await removeTree(store.sandbox(sandboxId).directory, host);
  return failures;
}
