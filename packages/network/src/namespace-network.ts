import type { HotplugDevices, NetworkDevice, ResourceLedger } from '@hako/hypervisor';
import type { Endpoint, NamespaceScan } from './endpoint.ts';
import { type GuestView, guestView } from './guest-view.ts';
import { cardId, type JoinedEndpoint, joinEndpoint } from './join-endpoint.ts';
import type { JoinOptions } from './join-options.ts';
import { linuxNamespace } from './linux-namespace.ts';
import type { Namespace, NamespaceWatch } from './namespace.ts';
import { NetworkError } from './network-error.ts';
import { tapName } from './own-links.ts';
import { scanNamespace } from './scan.ts';

export interface NamespaceNetworkOptions extends JoinOptions {
  readonly ledger: ResourceLedger;
  /** Facts worth telling the user once. */
  readonly onNotice?: (message: string) => void;
}

/** Who has to follow when the namespace changes. */
export interface NetworkFollower {
  readonly machine: Pick<HotplugDevices, 'plug' | 'unplug' | 'isGone'>;
  /** Tells the guest: these interfaces are new or changed, and this is the whole. */
  tell(changed: GuestView['interfaces'], view: GuestView): Promise<void>;
  /** A change that could not be followed; the next one is tried afresh. */
  readonly failed: (message: string) => void;
}

/** Changes come in bursts: a plugin adds a link, then its addresses, then routes. One scan for all of it. */
const SETTLE_MS = 50;

/**
 * The network of a sandbox, taken from a namespace: its endpoints joined to taps for the VM.
 *
 * connected -> following -> closed. Until the VM runs `devices` holds open descriptors; `release` lets them go.
 */
export class NamespaceNetwork {
  readonly #namespace: Namespace;
  readonly #options: NamespaceNetworkOptions;
  readonly #joined = new Map<number, JoinedEndpoint>();
  #scan: NamespaceScan;
  /** What the guest knows: the first view by its sandbox, the others by a follower. */
  #told: GuestView;
  #watch: NamespaceWatch | undefined;
  #settling: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(namespace: Namespace, options: NamespaceNetworkOptions, scan: NamespaceScan) {
    this.#namespace = namespace;
    this.#options = options;
    this.#scan = scan;
    this.#told = guestView(scan);
  }

  /**
   * Looks into the namespace and joins what is there. Rejects with everything undone.
   *
   * @throws NetworkError
   */
  static async connect(
    namespace: Namespace | string,
    options: NamespaceNetworkOptions,
  ): Promise<NamespaceNetwork> {
    const real = typeof namespace === 'string' ? linuxNamespace(namespace) : namespace;
    const network = new NamespaceNetwork(real, options, await scanFor(real, options));
    for (const fact of network.#scan.notConnected) options.onNotice?.(fact);
    try {
      for (const endpoint of network.#scan.endpoints) await network.#join(endpoint);
    } catch (error) {
      await network.close().catch(() => undefined);
      throw error;
    }
    return network;
  }

  /** Cards for the VM. */
  get devices(): readonly NetworkDevice[] {
    return [...this.#joined.values()].map(({ device }) => device);
  }

  /** What the guest is to be told. */
  get view(): GuestView {
    return guestView(this.#scan);
  }

  /** The VMM has the descriptors. */
  release(): void {
    for (const joined of this.#joined.values()) joined.release();
  }

  /** From now on changes of the namespace reach machine and guest. Until `close`. */
  async follow(follower: NetworkFollower): Promise<void> {
    const watch = await this.#namespace.watch(() => {
      if (this.#closed || this.#settling !== undefined) return;
      this.#settling = setTimeout(() => {
        this.#settling = undefined;
        this.#work = this.#work.then(() => this.#catchUp(follower));
      }, SETTLE_MS);
    }, follower.failed);
    if (this.#closed) watch.close();
    else this.#watch = watch;
    await this.#options.ledger.processStarted('network watch', watch.pid);
    // What changed between the scan and now.
    this.#work = this.#work.then(() => this.#catchUp(follower));
    await this.#work;
  }

  /** Leaves the namespace as it was found. The VM must have ended, or let its cards go. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#settling);
    this.#watch?.close();
    await this.#work;
    for (const [index, joined] of this.#joined) {
      await joined.leave();
      this.#joined.delete(index);
    }
  }

  async #join(endpoint: Endpoint): Promise<JoinedEndpoint> {
    const { ledger } = this.#options;
    // The guest tells its cards apart by it.
    for (const { endpoint: other } of this.#joined.values())
      if (other.mac === endpoint.mac)
        throw new NetworkError(
          'refused',
          `interface ${endpoint.name} of ${this.#namespace.identity.path} has the MAC address ${endpoint.mac} of ${other.name}`,
          { facts: { path: this.#namespace.identity.path, interface: endpoint.name } },
        );
    this.#demandOwnAddresses(endpoint);
    const joined = await joinEndpoint(this.#namespace, endpoint, this.#scan, this.#options, ledger);
    this.#joined.set(endpoint.index, joined);
    return joined;
  }

  /** The guest would answer for an address on one of two cards only, and nobody could say on which. */
  #demandOwnAddresses(endpoint: Endpoint): void {
    for (const { endpoint: other } of this.#joined.values()) {
      const clash = endpoint.addresses.find(({ address }) =>
        other.addresses.some((one) => one.address === address),
      );
      if (clash === undefined) continue;
      throw new NetworkError(
        'refused',
        `interface ${endpoint.name} of ${this.#namespace.identity.path} has the address ${clash.address} of ${other.name}; give each an address of its own`,
        { facts: { path: this.#namespace.identity.path, interface: endpoint.name } },
      );
    }
  }

  async #catchUp(follower: NetworkFollower): Promise<void> {
    if (this.#closed) return;
    try {
      const scan = withMoved(await scanFor(this.#namespace, this.#options), [...this.#joined.values()]);
      await this.#plugOut(scan.endpoints, follower);
      await this.#resize(scan.endpoints);
      this.#scan = scan;
      this.#scan = { ...scan, endpoints: await this.#plugIn(scan.endpoints, follower) };
      const after = this.view;
      const changed = after.interfaces.filter(
        (entry) => !this.#told.interfaces.some((other) => text(other) === text(entry)),
      );
      if (text(this.#told) !== text(after)) await follower.tell(changed, after);
      this.#told = after;
    } catch (error) {
      follower.failed(messageOf(error));
    }
  }

  /**
   * Cards of interfaces that are gone, or have another MAC address, and cards that the guest has ejected: the latter two come
   * back as new ones.
   */
  async #plugOut(endpoints: readonly Endpoint[], { machine, failed }: NetworkFollower): Promise<void> {
    for (const [index, joined] of this.#joined) {
      const now = endpoints.find((endpoint) => endpoint.index === index);
      const card = cardId(joined.endpoint);
      if (now?.mac === joined.endpoint.mac && !machine.isGone(card)) continue;
      try {
        await machine.unplug(card);
        this.#joined.delete(index);
        if (now !== undefined) this.#forget(joined.endpoint);
        await joined.leave();
      } catch (error) {
        failed(`interface ${joined.endpoint.name} is gone, but not from the VM: ${messageOf(error)}`);
      }
    }
  }

  /** The guest has no card of that address any more: one that comes is to be told. */
  #forget({ mac }: Endpoint): void {
    const interfaces = this.#told.interfaces.filter(({ hwAddr }) => hwAddr !== mac);
    this.#told = { ...this.#told, interfaces };
  }

  /** A tap that takes less than its endpoint would lose what is larger. */
  async #resize(endpoints: readonly Endpoint[]): Promise<void> {
    const before = new Map(this.#scan.endpoints.map(({ index, mtu }) => [index, mtu]));
    const changed = endpoints.filter(
      ({ index, mtu }) => this.#joined.has(index) && before.get(index) !== mtu,
    );
    await this.#namespace.batch(
      'ip',
      changed.map(({ index, mtu }) => `link set dev ${tapName(index)} mtu ${mtu}`),
    );
  }

  /** @returns those that the VM has */
  async #plugIn(
    endpoints: readonly Endpoint[],
    { machine, failed }: NetworkFollower,
  ): Promise<readonly Endpoint[]> {
    const present: Endpoint[] = [];
    for (const endpoint of endpoints) {
      if (!this.#joined.has(endpoint.index)) {
        try {
          const joined = await this.#join(endpoint);
          try {
            await machine.plug(joined.device);
            joined.release();
          } catch (error) {
            this.#joined.delete(endpoint.index);
            await joined.leave();
            throw error;
          }
        } catch (error) {
          failed(`interface ${endpoint.name} is not connected to the VM: ${messageOf(error)}`);
          continue;
        }
      }
      present.push(endpoint);
    }
    return present;
  }
}

async function scanFor(namespace: Namespace, { model }: Pick<JoinOptions, 'model'>): Promise<NamespaceScan> {
  const scan = await scanNamespace(namespace);
  if (model !== 'none') return scan;
  const { path } = namespace.identity;
  return {
    ...scan,
    endpoints: [],
    notConnected: scan.endpoints.map(
      ({ name }) =>
        `interface ${name} of ${path} is not connected to the VM: internetworking_model is "none"`,
    ),
  };
}

/** Endpoints whose addresses and routes were moved to the guest: they stay what they were as long as the link is there. */
function withMoved(scan: NamespaceScan, joined: readonly JoinedEndpoint[]): NamespaceScan {
  const moved = joined.filter((entry) => entry.moved !== undefined);
  if (moved.length === 0) return scan;
  const isOther = (name: string) => moved.every(({ endpoint }) => endpoint.name !== name);
  const present = moved.filter(({ endpoint }) => scan.links.has(endpoint.index));
  return {
    ...scan,
    endpoints: [
      ...scan.endpoints.filter(({ name }) => isOther(name)),
      ...present.map(({ endpoint }) => endpoint),
    ],
    routes: [
      ...scan.routes.filter((route) => isOther(route.interface)),
      ...present.flatMap((entry) => entry.moved ?? []),
    ],
  };
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? String(member) : member,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
