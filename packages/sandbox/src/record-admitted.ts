import type { Translation } from '@hako/oci-translate';
import type { StateStore } from './state-store.ts';

/**
 * Writes down what is to be made: a container, which is being created from now on, and, where it is the sandbox's own
 * one and not a further member of a pod, the sandbox.
 */
export function recordAdmitted(store: StateStore, { sandbox, container }: Translation): void {
  if (container.sandboxId === container.id) store.writeSandboxConfig(sandbox);
  store.writeContainerConfig(container);
  store.writeContainerState({
    id: container.id,
    sandboxId: container.sandboxId,
    status: 'creating',
    pid: 0,
    pidStartTime: 0,
    createdAt: new Date().toISOString(),
  });
}
