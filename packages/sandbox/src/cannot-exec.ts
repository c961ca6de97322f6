import type { ContainerStatus } from './container-state.ts';
import { type SandboxError, sandboxError } from './sandbox-error.ts';

/** Why no further process can be run in a container that is not running. */
export function cannotExec(id: string, status: ContainerStatus): SandboxError {
  const isNamedState = status === 'stopped' || status === 'paused';
  const where = isNamedState ? `a ${status} container` : `a container that is ${status}`;
  return sandboxError('wrong-state', `cannot exec in ${where}`, { id, status });
}
