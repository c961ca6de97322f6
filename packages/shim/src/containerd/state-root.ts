import { join } from 'node:path';
import { DEFAULT_STATE_ROOT } from '@hako/sandbox/state';

/**
 * State root of a containerd namespace: ids are unique only within one. A container's id cannot begin with a dot, so it
 * never meets those of `hako`; `hako --root /run/hako/.containerd/k8s.io list` shows the containers.
 */
export function containerdStateRoot(namespace: string): string {
  return join(DEFAULT_STATE_ROOT, '.containerd', namespace);
}
