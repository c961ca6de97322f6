import { type ARPNeighbor, type Interface, IPFamily, type Route } from '@hako/agent-protocol';
import type {
  Endpoint,
  EndpointAddress,
  EndpointNeighbour,
  EndpointRoute,
  NamespaceScan,
} from './endpoint.ts';

/** What the guest is told of its network, as the agent's calls take it. */
export interface GuestView {
  readonly interfaces: readonly Interface[];
  readonly routes: readonly Route[];
  /** Metric of each route, 0 for none. */
  readonly priorities: readonly number[];
  readonly neighbours: readonly ARPNeighbor[];
}

const IFF_NOARP = 0x80;
const RTNH_F_ONLINK = 4;
const NUD_PERMANENT = 0x80;

/** Of a scan, what concerns the interfaces that are connected. */
export function guestView(scan: Pick<NamespaceScan, 'endpoints' | 'routes' | 'neighbours'>): GuestView {
  const names = new Set(scan.endpoints.map(({ name }) => name));
  const routes = scan.routes.filter((route) => names.has(route.interface));
  return {
    interfaces: scan.endpoints.map(interfaceOf),
    routes: routes.map(routeOf),
    priorities: routes.map(({ metric = 0 }) => metric),
    neighbours: scan.neighbours.filter((entry) => names.has(entry.interface)).map(neighbourOf),
  };
}

function interfaceOf({ name, mac, mtu, noArp, addresses, kind }: Endpoint): Interface {
  return {
    device: name,
    name,
    IPAddresses: addresses.map(({ family, address, prefixLength }) => ({
      family: familyOf(family),
      address,
      mask: String(prefixLength),
    })),
    mtu: BigInt(mtu),
    hwAddr: mac,
    devicePath: '',
    type: kind,
    rawFlags: noArp ? IFF_NOARP : 0,
  };
}

function routeOf(route: EndpointRoute): Route {
  const { family, destination, gateway = '', source = '', scope, onLink, mtu = 0 } = route;
  return {
    dest: destination === 'default' ? '' : withLength(destination, family),
    gateway,
    device: route.interface,
    source,
    scope,
    family: familyOf(family),
    flags: onLink ? RTNH_F_ONLINK : 0,
    mtu,
  };
}

/** iproute2 leaves out the length of a single address. */
function withLength(destination: string, family: EndpointRoute['family']): string {
  return destination.includes('/') ? destination : `${destination}/${family === 'inet6' ? 128 : 32}`;
}

function neighbourOf({ address, mac, interface: device }: EndpointNeighbour): ARPNeighbor {
  const family = address.includes(':') ? IPFamily.v6 : IPFamily.v4;
  return { toIPAddress: { family, address, mask: '' }, device, lladdr: mac, state: NUD_PERMANENT, flags: 0 };
}

function familyOf(family: EndpointAddress['family']): IPFamily {
  return family === 'inet6' ? IPFamily.v6 : IPFamily.v4;
}
