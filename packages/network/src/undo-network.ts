import type { NetworkResource } from '@hako/hypervisor';
import { linuxNamespaceOf } from './linux-namespace.ts';
import type { Namespace } from './namespace.ts';
import { NetworkError } from './network-error.ts';

/**
 * Undoes something in a namespace. What is gone already is fine: the thing, the link it is on, the whole namespace, or the
 * path, which then may lead to a namespace that is none of ours.
 *
 * @throws NetworkError `refused`, `tool-missing`
 */
export async function undoNetwork(
  resource: NetworkResource,
  namespace: Namespace | undefined = linuxNamespaceOf(resource.netNs),
): Promise<void> {
  if (namespace === undefined) return;
  try {
    if (resource.kind === 'network-link') {
      await namespace.ip(['link', 'delete', 'dev', resource.name]);
    } else if (resource.kind === 'network-qdisc') {
      await namespace.tc(['qdisc', 'delete', 'dev', resource.link, resource.place]);
    } else {
      await restoreLink(namespace, resource);
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function restoreLink(
  namespace: Namespace,
  { link, mac, addresses, routes }: Extract<NetworkResource, { kind: 'network-link-state' }>,
): Promise<void> {
  await namespace.batch('ip', [
    `link set dev ${link} address ${mac}`,
    ...addresses.map((address) => `address replace ${address} dev ${link}`),
    ...routes.map((route) => `route replace ${route}`),
  ]);
}

/** The words of iproute2 and the kernel for what is not there (any more). */
function isGone(error: unknown): boolean {
  if (!(error instanceof NetworkError)) return false;
  if (error.code === 'namespace-gone') return true;
  return /Cannot find device|No such (device|file or directory)|Cannot find specified qdisc|Invalid handle|Cannot delete qdisc with handle of zero/.test(
    error.message,
  );
}
