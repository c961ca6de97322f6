import { AgentError } from '../agent-error.ts';

/** How long a device may take to be there once the host has plugged it in; a guest that is emulated and busy takes a second. */
const APPEAR_TIMEOUT_MS = 15_000;

/** What tells of devices that come and go. */
export interface DeviceEvents {
  /** Calls `changed` at each; answers a function that ends it. */
  watchDevices(changed: () => void): () => void;
  /** How long a device may take to appear; undefined for the usual time. */
  readonly deviceTimeoutMs?: number | undefined;
}

/**
 * Waits until `find` finds a device: at once, or after one of the kernel's events. `rescan` is called once when nothing
 * comes. Throws AgentError `not-found`, and what `find` throws.
 */
export async function awaitDevice(
  what: string,
  find: () => string | undefined,
  events: DeviceEvents,
  rescan: () => void = () => {},
  timeoutMs: number = events.deviceTimeoutMs ?? APPEAR_TIMEOUT_MS,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const look = (): void => {
    try {
      const found = find();
      if (found !== undefined) resolve(found);
    } catch (error) {
      reject(error);
    }
  };
  // Listening comes first: what appears between a look and the listening would be missed.
  const end = events.watchDevices(look);
  // When half of the patience is over, the buses are asked again, for a kernel that was told nothing.
  const again = setTimeout(() => {
    rescan();
    look();
  }, timeoutMs / 2);
  const late = setTimeout(
    () => reject(new AgentError('not-found', `${what} did not appear within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    look();
    return await promise;
  } finally {
    clearTimeout(again);
    clearTimeout(late);
    end();
  }
}
