import { DEFAULT_STATE_ROOT } from '@hako/sandbox/state';

/** State roots in which the tests of one file make sandboxes: podman's, CRI's, and those that it adds. */
export const stateRoots: Set<string> = new Set([
  DEFAULT_STATE_ROOT,
  `${DEFAULT_STATE_ROOT}/.containerd/k8s.io`,
]);
