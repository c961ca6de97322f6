import {
  type Endpoint,
  type EndpointAddress,
  type EndpointKind,
  type EndpointNeighbour,
  type EndpointRoute,
  endpointKinds,
  type NamespaceScan,
} from './endpoint.ts';
import {
  type LinkOutput,
  linksOutput,
  neighboursOutput,
  type RouteOutput,
  readOutput,
  routesOutput,
} from './iproute2-output.ts';
import type { Namespace } from './namespace.ts';
import { isOwnLink } from './own-links.ts';

/** Numbers of the scopes that iproute2 names without a file of its own. */
const scopes: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };

/**
 * Looks what of a namespace is for a VM, by Kata's rules: interfaces of the known kinds that have addresses; routes of the
 * main table that the kernel did not make by itself; neighbours that were set by hand. Links that hako made are passed over.
 *
 * @throws NetworkError
 */
export async function scanNamespace(namespace: Namespace): Promise<NamespaceScan> {
  const { path } = namespace.identity;
  const [linkText, text4, text6, neighbourText] = await Promise.all([
    namespace.ip(['-json', '-details', 'address']),
    namespace.ip(['-json', '-details', '-4', 'route', 'show', 'table', 'main']),
    namespace.ip(['-json', '-details', '-6', 'route', 'show', 'table', 'main']),
    namespace.ip(['-json', 'neigh', 'show', 'nud', 'permanent']),
  ]);
  const found = readOutput(linksOutput, linkText, path);
  const sorted = found.map((link) => endpointOf(link, path));
  const endpoints = sorted.flatMap((entry) => (typeof entry === 'object' ? [entry] : []));
  const names = new Set(endpoints.map(({ name }) => name));
  const known = (name: string | undefined) => name !== undefined && names.has(name);
  return {
    endpoints,
    routes: [
      ...readOutput(routesOutput, text4, path).flatMap((route) => routeOf(route, 'inet')),
      ...readOutput(routesOutput, text6, path).flatMap((route) => routeOf(route, 'inet6')),
    ].filter((route) => known(route.interface)),
    neighbours: readOutput(neighboursOutput, neighbourText, path).flatMap(({ dst, dev = '', lladdr }) =>
      known(dev) && lladdr !== undefined
        ? [{ address: dst, mac: lladdr, interface: dev } satisfies EndpointNeighbour]
        : [],
    ),
    links: new Map(
      found.flatMap(({ ifindex, ifname = '' }) => (ifindex === undefined ? [] : [[ifindex, ifname]])),
    ),
    notConnected: sorted.filter((entry) => typeof entry === 'string'),
  };
}

/** The endpoint, why the link is none, or nothing where nobody would expect it to be one. */
function endpointOf(link: LinkOutput, path: string): Endpoint | string | undefined {
  const { ifname: name = '', ifindex: index, link_type: type, address: mac = '', mtu = 0, flags = [] } = link;
  if (index === undefined || type !== 'ether' || isOwnLink(name)) return undefined;
  const addresses = addressesOf(link);
  if (addresses.length === 0) return undefined;
  const kind = kindOf(link);
  if (kind === undefined) {
    const what = link.linkinfo?.info_kind ?? 'unknown';
    return `interface ${name} of ${path} is not connected to the VM: its kind ${what} is none of ${endpointKinds.join(', ')}`;
  }
  return { name, index, kind, mac, mtu, noArp: flags.includes('NOARP'), addresses };
}

function kindOf({ linkinfo }: LinkOutput): EndpointKind | undefined {
  const kind = linkinfo?.info_kind;
  if (kind === undefined) return 'physical';
  if (kind === 'tun') return linkinfo?.info_data?.type === 'tap' ? 'tap' : undefined;
  return kind === 'veth' || kind === 'macvlan' || kind === 'ipvlan' ? kind : undefined;
}

/** Without those that an IPv6 stack gives itself on every link: the guest's does so too, with the same result. */
function addressesOf({ addr_info = [] }: LinkOutput): EndpointAddress[] {
  return addr_info.flatMap(({ family, local, prefixlen, scope }) => {
    if (local === undefined || prefixlen === undefined) return [];
    if (family === 'inet6' ? scope === 'link' : family !== 'inet') return [];
    return [{ family: family === 'inet6' ? 'inet6' : 'inet', address: local, prefixLength: prefixlen }];
  });
}

function routeOf(route: RouteOutput, family: EndpointRoute['family']): EndpointRoute[] {
  const { type = 'unicast', dst, gateway, dev, protocol, scope = 'global', prefsrc, metric } = route;
  if (type !== 'unicast' || protocol === 'kernel' || dev === undefined) return [];
  const mtu = route.metrics?.find((entry) => entry.mtu !== undefined)?.mtu;
  return [
    {
      family,
      destination: dst,
      interface: dev,
      scope: scopes[scope] ?? 0,
      onLink: route.flags?.includes('onlink') === true,
      ...(gateway === undefined ? {} : { gateway }),
      ...(prefsrc === undefined ? {} : { source: prefsrc }),
      ...(metric === undefined ? {} : { metric }),
      ...(mtu === undefined ? {} : { mtu }),
    },
  ];
}
