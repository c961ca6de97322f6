import type { ContainerConfig } from '@hako/oci-translate';
import { notePoststopDue } from './poststop.ts';
import { hookState, runHooks } from './run-hooks.ts';
import type { StateStore } from './state-store.ts';

/**
 * Runs the hooks between a container's description and its making. They may change bundle and network namespace, so they come
 * before either is looked at.
 *
 * @throws what runHooks throws
 */
export async function runCreateHooks(
  store: StateStore,
  config: ContainerConfig,
  pid: number,
  signal: AbortSignal,
): Promise<void> {
  const { hooks } = config.spec;
  notePoststopDue(store, config.id, hooks?.poststop);
  const state = hookState(config, 'creating', pid);
  await runHooks('prestart', hooks?.prestart, state, signal);
  await runHooks('createRuntime', hooks?.createRuntime, state, signal);
}
