/** An address of an interface. */
export interface EndpointAddress {
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly prefixLength: number;
}

/** An interface of a sandbox's network namespace that is to be the VM's. */
export interface Endpoint {
  /** As in the namespace; the guest's card gets it too. */
  readonly name: string;
  /** Names it in its namespace as long as it is there. */
  readonly index: number;
  readonly kind: EndpointKind;
  readonly mac: string;
  readonly mtu: number;
  /** No address resolution on it. */
  readonly noArp: boolean;
  readonly addresses: readonly EndpointAddress[];
}

/** Kernel's kinds of links that can be connected; `physical` is one that belongs to a device. */
export const endpointKinds = ['veth', 'macvlan', 'ipvlan', 'tap', 'physical'] as const;
export type EndpointKind = (typeof endpointKinds)[number];

/** A route that leads over an endpoint. */
export interface EndpointRoute {
  readonly family: 'inet' | 'inet6';
  /** `default`, or an address with or without prefix length, as iproute2 writes it. */
  readonly destination: string;
  readonly gateway?: string;
  /** Name of its interface. */
  readonly interface: string;
  readonly source?: string;
  /** Number of rtnetlink(7): 0 is global, 253 link. */
  readonly scope: number;
  readonly onLink: boolean;
  readonly metric?: number;
  /** Bytes. */
  readonly mtu?: number;
}

/** A neighbour that was set by hand. */
export interface EndpointNeighbour {
  readonly address: string;
  readonly mac: string;
  readonly interface: string;
}

/** What of a namespace concerns a VM. */
export interface NamespaceScan {
  readonly endpoints: readonly Endpoint[];
  readonly routes: readonly EndpointRoute[];
  readonly neighbours: readonly EndpointNeighbour[];
  /** Names of all links by index, also of those that are no endpoints. */
  readonly links: ReadonlyMap<number, string>;
  /** Interfaces that are not for a VM, and why; for people. */
  readonly notConnected: readonly string[];
}
