import { unlinkSync, writeFileSync } from 'node:fs';
import type { Hook } from '@hako/oci-spec';
import type { StateStore } from './state-store.ts';

/** Notes that the container's life has begun, so that its poststop hooks are due. Nothing without such hooks. */
export function notePoststopDue(store: StateStore, id: string, hooks: readonly Hook[] | undefined): void {
  if (hooks === undefined || hooks.length === 0) return;
  writeFileSync(store.container(id).poststopDue, '', { mode: 0o600 });
}

/**
 * Runs a container's poststop hooks if they are due, once whoever asks: the shim that deletes it, or the command that
 * cleans up after a dead shim. Answers what failed; the specification wants that logged and nothing more.
 */
export async function runDuePoststop(store: StateStore, id: string): Promise<readonly string[]> {
  try {
    unlinkSync(store.container(id).poststopDue);
  } catch {
    return [];
  }
  const { spec, bundlePath } = store.readContainerConfig(id);
  // Loaded only where there are hooks: commands start without it.
  const { runAllHooks } = await import('./run-hooks.ts');
  return runAllHooks('poststop', spec.hooks?.poststop, {
    id,
    status: 'stopped',
    bundle: bundlePath,
    ...(spec.annotations === undefined ? {} : { annotations: spec.annotations }),
  });
}
