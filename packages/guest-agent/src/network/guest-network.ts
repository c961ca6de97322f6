import { type ARPNeighbor, type Interface, IPFamily, type Route as RouteMessage } from '@hako/agent-protocol';
import { AgentError } from '../agent-error.ts';
import {
  AF_INET,
  AF_INET6,
  formatIp,
  formatMac,
  parseIp,
  parseMac,
  parsePrefix,
  withPrefix,
} from './ip-address.ts';
import {
  addAddress,
  addRoute,
  changeLink,
  deleteAddress,
  deleteRoute,
  getAddresses,
  getLinks,
  getRoutes,
  IFF_NOARP,
  IFF_UP,
  type KernelRoute,
  type Link,
  type LinkAddress,
  type NetlinkExchange,
  type Route,
  RTPROT_KERNEL,
  restoreRoute,
  SCOPE_LINK,
  setNeighbour,
} from './rtnetlink.ts';

/** How long a card that was just plugged may take to show up. */
const APPEAR_TIMEOUT_MS = 5000;
/** The kernel tells of new links on a socket of its own; one look costs less than keeping that for a rare moment. */
const LOOK_AGAIN_MS = 10;
/** A request has as many as a node has routes; more is a mistake. */
const MOST_ROUTES = 4096;

/** IFNAMSIZ without the NUL. */
const MOST_NAME_BYTES = 15;

type InterfaceRequest = Pick<Interface, 'name' | 'hwAddr' | 'IPAddresses' | 'mtu' | 'rawFlags'>;

/** The guest's own network: what the agent's calls about interfaces, routes and neighbours do. */
export class GuestNetwork {
  readonly #exchange: NetlinkExchange;
  readonly #sleep: (ms: number) => Promise<void>;

  constructor(
    exchange: NetlinkExchange,
    sleep: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  ) {
    this.#exchange = exchange;
    this.#sleep = sleep;
  }

  /**
   * Gives the card with that MAC address its name, addresses and MTU, and brings it up. Addresses that it had and that are
   * not named go, but for the link's own of IPv6.
   *
   * Throws AgentError `not-found` when there is no such card, after waiting for one; `invalid-argument`.
   */
  async updateInterface(request: InterfaceRequest): Promise<Interface> {
    const mac = parseMac(request.hwAddr);
    const wanted = request.IPAddresses.map(({ address, mask }) => withPrefix(parseIp(address), mask));
    demandName(request.name);
    if (request.mtu > 65_535n) throw new AgentError('invalid-argument', `${request.mtu} is no MTU`);
    const link = await this.#waitForLink(mac);
    this.#rename(link, request.name);
    const mtu = Number(request.mtu);
    if (mtu > 0 && mtu !== link.mtu) changeLink(this.#exchange, link.index, { mtu });
    const present = getAddresses(this.#exchange).filter((address) => address.link === link.index);
    for (const { address } of present.filter((entry) => !isLinkLocal(entry)))
      if (!wanted.some((other) => sameAddress(address, other)))
        deleteAddress(this.#exchange, link.index, address);
    // Up before IPv6 gets addresses: going down would take them away.
    changeLink(this.#exchange, link.index, { set: IFF_UP | (request.rawFlags & IFF_NOARP) });
    for (const address of wanted) addAddress(this.#exchange, link.index, address);
    const updated = this.listInterfaces().find(({ hwAddr }) => hwAddr === formatMac(mac));
    if (updated === undefined) throw notFound(request.hwAddr);
    return updated;
  }

  /** Links other than loopback with their addresses. */
  listInterfaces(): Interface[] {
    const addresses = getAddresses(this.#exchange);
    return getLinks(this.#exchange)
      .filter(({ mac, name }) => mac.length === 6 && name !== 'lo')
      .map((link) => ({
        device: link.name,
        name: link.name,
        hwAddr: formatMac(link.mac),
        mtu: BigInt(link.mtu),
        IPAddresses: addresses
          .filter((entry) => entry.link === link.index)
          .map(({ address }) => ({
            family: address.family === AF_INET6 ? IPFamily.v6 : IPFamily.v4,
            address: formatIp(address.bytes),
            mask: String(address.prefixLength),
          })),
        devicePath: '',
        type: '',
        rawFlags: link.flags,
      }));
  }

  /**
   * Replaces all routes but those that the kernel makes for addresses. When one of the new ones is refused, the old ones
   * are there again.
   *
   * @param priorities metric of each route, 0 for none; they have no place in the message
   */
  updateRoutes(messages: readonly RouteMessage[], priorities: readonly number[] = []): RouteMessage[] {
    if (messages.length > MOST_ROUTES)
      throw new AgentError('invalid-argument', `${messages.length} routes are too many`);
    const links = getLinks(this.#exchange);
    const routes = messages.map((message, index) => routeOf(message, priorities[index] ?? 0, links));
    const before = getRoutes(this.#exchange).filter(({ protocol }) => protocol !== RTPROT_KERNEL);
    for (const route of before) deleteRoute(this.#exchange, route);
    const added: Route[] = [];
    try {
      // Gateways must be reachable by then.
      for (const route of [...routes].sort((a, b) => rank(a) - rank(b))) {
        addRoute(this.#exchange, route);
        added.push(route);
      }
    } catch (error) {
      this.#putBack(before);
      throw error;
    }
    return this.listRoutes();
  }

  listRoutes(): RouteMessage[] {
    const names = new Map(getLinks(this.#exchange).map(({ index, name }) => [index, name]));
    return getRoutes(this.#exchange).map((route) => ({
      dest:
        route.destination === undefined
          ? ''
          : `${formatIp(route.destination.bytes)}/${route.destination.prefixLength}`,
      gateway: route.gateway === undefined ? '' : formatIp(route.gateway.bytes),
      device: names.get(route.link) ?? '',
      source: route.source === undefined ? '' : formatIp(route.source.bytes),
      scope: route.scope,
      family: route.family === AF_INET6 ? IPFamily.v6 : IPFamily.v4,
      flags: route.flags,
      mtu: route.mtu,
    }));
  }

  addNeighbours(neighbours: readonly ARPNeighbor[]): void {
    const links = getLinks(this.#exchange);
    for (const { toIPAddress, device, lladdr, state, flags } of neighbours) {
      if (toIPAddress === undefined) throw new AgentError('invalid-argument', 'toIPAddress is missing');
      const link = linkNamed(links, device);
      const address = parseIp(toIPAddress.address);
      setNeighbour(this.#exchange, { link, address, mac: parseMac(lladdr), state, flags });
    }
  }

  async #waitForLink(mac: Uint8Array): Promise<Link> {
    for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
      const link = getLinks(this.#exchange).find((candidate) => sameBytes(candidate.mac, mac));
      if (link !== undefined) return link;
      if (waitedMs >= APPEAR_TIMEOUT_MS) throw notFound(formatMac(mac));
      await this.#sleep(LOOK_AGAIN_MS);
    }
  }

  /** A link has to be down for that; one that has the name already gets another. */
  #rename(link: Link, name: string): void {
    if (link.name === name) return;
    const holder = getLinks(this.#exchange).find((other) => other.name === name);
    if (holder !== undefined) this.#nameDown(holder, `old${holder.index}`);
    this.#nameDown(link, name);
    if (holder !== undefined && (holder.flags & IFF_UP) !== 0)
      changeLink(this.#exchange, holder.index, { set: IFF_UP });
  }

  #nameDown({ index }: Link, name: string): void {
    changeLink(this.#exchange, index, { clear: IFF_UP });
    changeLink(this.#exchange, index, { name });
  }

  #putBack(before: readonly KernelRoute[]): void {
    for (const route of getRoutes(this.#exchange))
      if (route.protocol !== RTPROT_KERNEL) deleteRoute(this.#exchange, route);
    for (const route of before) restoreRoute(this.#exchange, route);
  }
}

/** As the kernel has it (dev_valid_name), without what it would take for a pattern. */
function demandName(name: string): void {
  const bytes = new TextEncoder().encode(name).length;
  if (/^[^\s/:%]+$/.test(name) && bytes <= MOST_NAME_BYTES && name !== '.' && name !== '..') return;
  throw new AgentError(
    'invalid-argument',
    `${JSON.stringify(name)} is no name of an interface: 1 to ${MOST_NAME_BYTES} bytes without spaces, "/", ":" and "%"`,
  );
}

function routeOf(message: RouteMessage, priority: number, links: readonly Link[]): Route {
  const { dest, gateway, source, device, scope, flags, mtu } = message;
  const isDefault = dest === '' || dest === '0.0.0.0/0' || dest === '::/0';
  const destination = isDefault ? undefined : parsePrefix(dest);
  const via = gateway === '' ? undefined : parseIp(gateway);
  const from = source === '' ? undefined : parseIp(source);
  const named = message.family === IPFamily.v6 || dest === '::/0' ? AF_INET6 : AF_INET;
  const family = destination?.family ?? via?.family ?? from?.family ?? named;
  for (const part of [destination, via, from])
    if (part !== undefined && part.family !== family)
      throw new AgentError(
        'invalid-argument',
        `route to ${JSON.stringify(dest)} mixes IPv4 and IPv6 addresses`,
      );
  return {
    destination,
    family,
    gateway: via,
    source: from,
    link: linkNamed(links, device),
    scope,
    flags,
    mtu,
    priority,
  };
}

/** Routes without a gateway come first; then those on the link whatever its addresses. */
function rank({ gateway, flags }: Route): number {
  const RTNH_F_ONLINK = 4;
  return gateway === undefined ? 0 : (flags & RTNH_F_ONLINK) === 0 ? 2 : 1;
}

function linkNamed(links: readonly Link[], name: string): number {
  const link = links.find((candidate) => candidate.name === name);
  if (link === undefined)
    throw new AgentError('not-found', `there is no network interface ${JSON.stringify(name)}`);
  return link.index;
}

function isLinkLocal({ scope, address }: LinkAddress): boolean {
  return address.family === AF_INET6 && scope === SCOPE_LINK;
}

function sameAddress(a: LinkAddress['address'], b: LinkAddress['address']): boolean {
  return a.prefixLength === b.prefixLength && sameBytes(a.bytes, b.bytes);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function notFound(mac: string): AgentError {
  return new AgentError('not-found', `there is no network card with the address ${mac}`);
}
