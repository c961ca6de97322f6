import { readFileSync } from 'node:fs';
import { inNetworkNamespace } from '@hako/posix';
import { namespaceGone } from './net-ns-identity.ts';

/** Whether a namespace, or that of this process, has a default route of IPv6. @throws NetworkError `namespace-gone` */
export function hasIpv6Route(netNsPath?: string): boolean {
  if (netNsPath === undefined) return namesDefaultRoute(readRoutes());
  try {
    return namesDefaultRoute(inNetworkNamespace(netNsPath, readRoutes));
  } catch (cause) {
    throw namespaceGone(netNsPath, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function readRoutes(): string {
  try {
    return readFileSync('/proc/thread-self/net/ipv6_route', 'utf8');
  } catch {
    // The kernel has no IPv6.
    return '';
  }
}

/** Of the kernel's table: destination, its length, source, its length, gateway, metric, two counts, flags, interface. */
export function namesDefaultRoute(table: string): boolean {
  return table.split('\n').some((line) => {
    const [destination = '', length, ...rest] = line.trim().split(/ +/);
    // Where there is none, an unreachable one stands for it, on the loopback.
    return /^0+$/.test(destination) && length === '00' && rest.at(-1) !== 'lo';
  });
}
