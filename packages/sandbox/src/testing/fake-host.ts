import type { Host } from '../host.ts';

/** A host on which everything succeeds and nothing is done, but for what is given. */
export function fakeHost(changes: Partial<Host> = {}): Host {
  return {
    bindMount: () => {},
    mountOverlay: () => {},
    mountView: () => {},
    unmountAll: () => {},
    mountsBelow: () => [],
    processStartTime: () => 1,
    killProcess: async () => true,
    processesWithMarkers: () => [],
    removeCgroup: async () => undefined,
    bindThread: () => {},
    undoNetwork: async () => {},
    ...changes,
  };
}
