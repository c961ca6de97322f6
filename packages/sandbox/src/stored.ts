// What a command needs that only reads what is written down: it loads nothing else, and runs on a small JavaScript engine too.

export type { ContainerState } from './container-state.ts';
export { liveState } from './liveness.ts';
export { OCI_VERSION } from './oci-version.ts';
export { runningSince } from './running-since.ts';
export { DEFAULT_STATE_ROOT } from './state-paths.ts';
export { StateReader } from './state-reader.ts';
