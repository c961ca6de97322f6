import type { NetworkInterface } from './interfaces.ts';
import { listInterfaces } from './interfaces.ts';

/** What of a sandbox's network namespace reaches the VM. */
export interface NetworkPlan {
  /** Endpoints that the VM is given. Empty: the guest has loopback only. */
  readonly endpoints: readonly NetworkInterface[];
  /** Interfaces of the namespace that the VM is not given, and why; for people. */
  readonly notConnected: readonly string[];
}

/**
 * Decides what the VM gets of the network namespace at `netNsPath` (undefined: a new, empty one). The only model so
 * far is `none`: the guest has loopback, and every other interface found is named as not connected.
 *
 * @throws NetworkError
 */
export async function planNetwork(
  netNsPath: string | undefined,
  list: (path: string) => Promise<readonly NetworkInterface[]> = listInterfaces,
): Promise<NetworkPlan> {
  if (netNsPath === undefined) return { endpoints: [], notConnected: [] };
  const interfaces = await list(netNsPath);
  return {
    endpoints: [],
    notConnected: interfaces.map(
      ({ name }) =>
        `interface ${name} of ${netNsPath} is not connected to the VM: the guest has loopback only in this version`,
    ),
  };
}
