import type { ContainerState } from './container-state.ts';
import type { Host } from './host.ts';
import type { StateReader } from './state-reader.ts';

/**
 * The container's state as it is now. What the shim wrote last is true as long as the shim lives; without it the VM
 * is gone or about to be cleaned up, so the container is stopped.
 */
export function liveState(
  store: StateReader,
  host: Pick<Host, 'processStartTime'>,
  id: string,
): ContainerState {
  const state = store.readContainerState(id);
  if (state.status === 'stopped' || shimIsAlive(store, host, state.sandboxId)) return state;
  return {
    ...state,
    status: 'stopped',
    pid: 0,
    pidStartTime: 0,
    failure: state.failure ?? 'the shim is gone',
  };
}

/** True when the recorded shim of a sandbox still runs (same pid and start time). */
export function shimIsAlive(
  store: StateReader,
  host: Pick<Host, 'processStartTime'>,
  sandboxId: string,
): boolean {
  const record = store.readShimRecord(sandboxId);
  return record !== null && host.processStartTime(record.pid) === record.startTime;
}
