import type { AddressFamily, IpBytes, IpPrefix } from './ip-address.ts';
import {
  type Attribute,
  decodeAttributes,
  decodeMessages,
  encodeMessage,
  encodePayload,
  numberOf,
  textOf,
  viewOf,
} from './netlink-message.ts';

/** Sends one request to the kernel's routing netlink and answers the datagrams of its reply. Throws AgentError. */
export type NetlinkExchange = (request: Uint8Array) => readonly Uint8Array[];

const NEWLINK = 16;
const GETLINK = 18;
const SETLINK = 19;
const NEWADDR = 20;
const DELADDR = 21;
const GETADDR = 22;
const NEWROUTE = 24;
const DELROUTE = 25;
const GETROUTE = 26;
const NEWNEIGH = 28;

const REQUEST = 0x1;
const ACK = 0x4;
const REPLACE = 0x100;
const DUMP = 0x300;
const CREATE = 0x400;
const APPEND = 0x800;

export const IFF_UP = 0x1;
export const IFF_NOARP = 0x80;
const IFA_F_NODAD = 0x02;
const RT_TABLE_MAIN = 254;
export const RTPROT_KERNEL = 2;
const RTPROT_STATIC = 4;
const RTN_UNICAST = 1;
export const SCOPE_LINK = 253;

const IFLA = { address: 1, name: 3, mtu: 4 } as const;
const IFA = { address: 1, local: 2, flags: 8 } as const;
const RTA = { dst: 1, oif: 4, gateway: 5, priority: 6, prefsrc: 7, metrics: 8, table: 15 } as const;
const RTAX_MTU = 2;
const NDA = { dst: 1, lladdr: 2 } as const;

export interface Link {
  readonly index: number;
  readonly name: string;
  readonly mac: Uint8Array;
  readonly mtu: number;
  readonly flags: number;
}

export interface LinkAddress {
  readonly link: number;
  readonly scope: number;
  readonly address: IpPrefix;
}

export interface Route {
  /** Undefined: the default route. */
  readonly destination: IpPrefix | undefined;
  readonly family: AddressFamily;
  readonly gateway: IpBytes | undefined;
  readonly source: IpBytes | undefined;
  /** Index of its link. */
  readonly link: number;
  readonly scope: number;
  /** RTNH_F_*: 4 is onlink. */
  readonly flags: number;
  /** 0: the kernel's own choice. */
  readonly mtu: number;
  /** The metric by which the kernel chooses; 0 for the kernel's own. */
  readonly priority: number;
}

/** A route of the main table as the kernel has it. */
export interface KernelRoute extends Route {
  readonly protocol: number;
  /** The message it came in, by which it is deleted or made again. */
  readonly payload: Uint8Array;
}

export function getLinks(exchange: NetlinkExchange): Link[] {
  return dump(exchange, GETLINK, new Uint8Array(16), NEWLINK).map((payload) => {
    const attributes = decodeAttributes(payload, 16);
    return {
      index: viewOf(payload).getInt32(4, true),
      flags: viewOf(payload).getUint32(8, true),
      name: textOf(attributes.get(IFLA.name)),
      mac: attributes.get(IFLA.address) ?? new Uint8Array(),
      mtu: numberOf(attributes.get(IFLA.mtu)),
    };
  });
}

export function changeLink(
  exchange: NetlinkExchange,
  index: number,
  change: { readonly name?: string; readonly mtu?: number; readonly set?: number; readonly clear?: number },
): void {
  const { name, mtu, set = 0, clear = 0 } = change;
  const fixed = new Uint8Array(16);
  const view = viewOf(fixed);
  view.setInt32(4, index, true);
  view.setUint32(8, set, true);
  view.setUint32(12, set | clear, true);
  exchange(
    encodeMessage(SETLINK, REQUEST | ACK, fixed, [
      ...(name === undefined ? [] : [[IFLA.name, name] satisfies Attribute]),
      ...(mtu === undefined ? [] : [[IFLA.mtu, mtu] satisfies Attribute]),
    ]),
  );
}

export function getAddresses(exchange: NetlinkExchange): LinkAddress[] {
  return dump(exchange, GETADDR, new Uint8Array(8), NEWADDR).flatMap((payload) => {
    const attributes = decodeAttributes(payload, 8);
    const bytes = attributes.get(IFA.local) ?? attributes.get(IFA.address);
    const family = familyOf(payload);
    if (bytes === undefined || family === undefined) return [];
    return {
      link: viewOf(payload).getUint32(4, true),
      scope: payload[3] ?? 0,
      address: { family, bytes, prefixLength: payload[1] ?? 0 },
    };
  });
}

/** Adds an address, or does nothing when it is there. Nobody else has it: the host's namespace has seen to that. */
export function addAddress(exchange: NetlinkExchange, link: number, address: IpPrefix): void {
  exchange(addressMessage(NEWADDR, REQUEST | ACK | CREATE | REPLACE, link, address));
}

export function deleteAddress(exchange: NetlinkExchange, link: number, address: IpPrefix): void {
  exchange(addressMessage(DELADDR, REQUEST | ACK, link, address));
}

function addressMessage(
  type: number,
  flags: number,
  link: number,
  { family, bytes, prefixLength }: IpPrefix,
): Uint8Array {
  const fixed = Uint8Array.from([family, prefixLength, 0, 0, 0, 0, 0, 0]);
  viewOf(fixed).setUint32(4, link, true);
  const attributes: Attribute[] = [
    [IFA.local, bytes],
    [IFA.address, bytes],
    [IFA.flags, IFA_F_NODAD],
  ];
  return encodeMessage(type, flags, fixed, attributes);
}

/** Routes of the main table that lead over a link. */
export function getRoutes(exchange: NetlinkExchange): KernelRoute[] {
  return dump(exchange, GETROUTE, new Uint8Array(12), NEWROUTE).flatMap((payload) => {
    const attributes = decodeAttributes(payload, 12);
    const family = familyOf(payload);
    const link = numberOf(attributes.get(RTA.oif));
    const table = numberOf(attributes.get(RTA.table)) || (payload[4] ?? 0);
    if (family === undefined || table !== RT_TABLE_MAIN || payload[7] !== RTN_UNICAST || link === 0)
      return [];
    const bytes = attributes.get(RTA.dst);
    const metrics = attributes.get(RTA.metrics);
    return {
      destination: bytes === undefined ? undefined : { family, bytes, prefixLength: payload[1] ?? 0 },
      family,
      gateway: addressOf(family, attributes.get(RTA.gateway)),
      source: addressOf(family, attributes.get(RTA.prefsrc)),
      link,
      scope: payload[6] ?? 0,
      flags: viewOf(payload).getUint32(8, true),
      mtu: metrics === undefined ? 0 : numberOf(decodeAttributes(metrics, 0).get(RTAX_MTU)),
      priority: numberOf(attributes.get(RTA.priority)),
      protocol: payload[5] ?? 0,
      payload,
    };
  });
}

export function addRoute(exchange: NetlinkExchange, route: Route): void {
  const { destination, family, gateway, source, link, scope, flags, mtu, priority } = route;
  const fixed = new Uint8Array(12);
  fixed.set([family, destination?.prefixLength ?? 0, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC, scope, RTN_UNICAST]);
  viewOf(fixed).setUint32(8, flags, true);
  const attributes: Attribute[] = [[RTA.oif, link]];
  if (destination !== undefined) attributes.push([RTA.dst, destination.bytes]);
  if (gateway !== undefined) attributes.push([RTA.gateway, gateway.bytes]);
  if (source !== undefined) attributes.push([RTA.prefsrc, source.bytes]);
  if (priority > 0) attributes.push([RTA.priority, priority]);
  if (mtu > 0) attributes.push([RTA.metrics, [[RTAX_MTU, mtu]]]);
  // Appended: two routes to one destination with equal metrics may stand side by side, as they do on the host.
  exchange(encodeMessage(NEWROUTE, REQUEST | ACK | CREATE | APPEND, fixed, attributes));
}

export function deleteRoute(exchange: NetlinkExchange, { payload }: KernelRoute): void {
  exchange(encodePayload(DELROUTE, REQUEST | ACK, payload));
}

/** Makes a route that was deleted again. */
export function restoreRoute(exchange: NetlinkExchange, { payload }: KernelRoute): void {
  exchange(encodePayload(NEWROUTE, REQUEST | ACK | CREATE | APPEND, payload));
}

/** A neighbour that is known without asking; one of that address is replaced. */
export function setNeighbour(
  exchange: NetlinkExchange,
  neighbour: {
    readonly link: number;
    readonly address: IpBytes;
    readonly mac: Uint8Array;
    readonly state: number;
    readonly flags: number;
  },
): void {
  const { link, address, mac, state, flags } = neighbour;
  const fixed = new Uint8Array(12);
  const view = viewOf(fixed);
  view.setUint8(0, address.family);
  view.setInt32(4, link, true);
  view.setUint16(8, state, true);
  view.setUint8(10, flags);
  exchange(
    encodeMessage(NEWNEIGH, REQUEST | ACK | CREATE | REPLACE, fixed, [
      [NDA.dst, address.bytes],
      [NDA.lladdr, mac],
    ]),
  );
}

function dump(exchange: NetlinkExchange, type: number, fixed: Uint8Array, wanted: number): Uint8Array[] {
  const datagrams = exchange(encodeMessage(type, REQUEST | DUMP, fixed, []));
  return datagrams
    .flatMap(decodeMessages)
    .filter((message) => message.type === wanted && message.payload.length >= fixed.length)
    .map(({ payload }) => payload);
}

function familyOf(payload: Uint8Array): AddressFamily | undefined {
  const family = payload[0];
  return family === 2 || family === 10 ? family : undefined;
}

function addressOf(family: AddressFamily, bytes: Uint8Array | undefined): IpBytes | undefined {
  return bytes === undefined ? undefined : { family, bytes };
}
