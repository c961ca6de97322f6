import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import type { NetworkDevice, ResourceLedger } from '@hako/hypervisor';
import type { Endpoint, NamespaceScan } from './endpoint.ts';
import type { JoinOptions } from './join-options.ts';
import type { JoinPlan } from './join-plan.ts';
import { macvtapPlan } from './macvtap.ts';
import type { Namespace } from './namespace.ts';
import { NetworkError } from './network-error.ts';
import { tcFilterPlan } from './tc-filter.ts';
import { undoNetwork } from './undo-network.ts';

/** An endpoint with its tap, ready for a VM. */
export interface JoinedEndpoint {
  readonly endpoint: Endpoint;
  readonly device: NetworkDevice;
  /** Routes that went from the namespace to the guest with the endpoint's addresses; undefined where both kept them. */
  readonly moved?: NamespaceScan['routes'];
  /** Closes the descriptors, once the VMM has its own. Idempotent. */
  readonly release: () => void;
  /** Takes everything away again that was made in the namespace. Idempotent. */
  readonly leave: () => Promise<void>;
}

/** Id of an endpoint's card in the VM. */
export function cardId({ index }: Pick<Endpoint, 'index'>): string {
  return `net${index}`;
}

/**
 * Makes the tap of an endpoint and connects the two. Rejects with all of it undone.
 *
 * @throws NetworkError `refused` when the kernel does, when a tap of that name exists, or when somebody else has a queueing
 * discipline where ours is to be
 */
export async function joinEndpoint(
  namespace: Namespace,
  endpoint: Endpoint,
  scan: Pick<NamespaceScan, 'routes' | 'links'>,
  options: JoinOptions,
  ledger: ResourceLedger,
): Promise<JoinedEndpoint> {
  const { routes } = scan;
  const plan = planOf(namespace, endpoint, routes, options);
  demandNames(namespace, endpoint, plan, [...scan.links.values()]);
  await demandFree(namespace, endpoint, plan.needsFree);
  for (const resource of plan.resources) await ledger.announce(resource);
  const fds: number[] = [];
  const release = (): void => {
    for (const fd of fds.splice(0)) closeSync(fd);
  };
  const leave = async (): Promise<void> => {
    release();
    for (const resource of plan.resources.toReversed()) await undoNetwork(resource, namespace);
  };
  let queueFds: readonly number[] = [];
  try {
    await namespace.batch('ip', plan.ip.beforeOpen);
    const { kind, name } = plan.device;
    queueFds =
      kind === 'tap'
        ? namespace.openTap(name, options.queues)
        : await namespace.openMacvtap(name, options.queues);
    fds.push(...queueFds);
    await namespace.batch('ip', plan.ip.afterOpen);
    await namespace.batch('tc', plan.tc);
    const vhostFds = options.vhost ? openVhost(options.queues) : [];
    fds.push(...vhostFds);
    const link = { kind: 'tap', queueFds, vhostFds } as const;
    return {
      endpoint,
      device: { kind: 'network', id: cardId(endpoint), mac: endpoint.mac, link },
      ...(plan.device.kind === 'macvtap' ? { moved: routesOf(endpoint, routes) } : {}),
      release,
      leave,
    };
  } catch (error) {
    await leave().catch(() => undefined);
    throw error;
  }
}

function planOf(
  namespace: Namespace,
  endpoint: Endpoint,
  routes: NamespaceScan['routes'],
  options: JoinOptions,
): JoinPlan {
  const { identity } = namespace;
  if (options.model !== 'macvtap' || endpoint.kind === 'ipvlan')
    return tcFilterPlan(identity, endpoint, options);
  return macvtapPlan(identity, endpoint, options, randomMac(), routesOf(endpoint, routes));
}

function routesOf({ name }: Endpoint, routes: NamespaceScan['routes']): NamespaceScan['routes'] {
  return routes.filter((route) => route.interface === name);
}

/** A locally administered address of one station. */
function randomMac(): string {
  const [first = 0, ...rest] = randomBytes(6);
  return [(first & 0xfc) | 0x02, ...rest].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** What is there was not made by us, and would be undone with ours. */
function demandNames(
  namespace: Namespace,
  { name }: Endpoint,
  { resources }: JoinPlan,
  present: readonly string[],
): void {
  const taken = resources.find(
    (resource) => resource.kind === 'network-link' && present.includes(resource.name),
  );
  if (taken?.kind !== 'network-link') return;
  const { path } = namespace.identity;
  throw new NetworkError(
    'refused',
    `interface ${name} of ${path} cannot be connected by ${taken.name}: there is an interface of that name already`,
    { facts: { path, interface: name } },
  );
}

async function demandFree(
  namespace: Namespace,
  { name }: Endpoint,
  places: readonly ('ingress' | 'root')[],
): Promise<void> {
  if (places.length === 0) return;
  const lines = (await namespace.tc(['qdisc', 'show', 'dev', name])).split('\n');
  const taken = lines.find(
    (line) =>
      (places.includes('ingress') && /^qdisc (ingress|clsact) /.test(line)) ||
      // What a link has from the start has the handle 0.
      (places.includes('root') && /^qdisc \S+ [1-9a-f][0-9a-f]*: root/.test(line)),
  );
  if (taken === undefined) return;
  const { path } = namespace.identity;
  throw new NetworkError(
    'refused',
    `interface ${name} of ${path} cannot be connected: it has a traffic control already (${taken.trim()}); is another VM or tool connected to it?`,
    { facts: { path, interface: name } },
  );
}

/** A descriptor per queue, or none where the host has no vhost-net. */
function openVhost(queues: number): number[] {
  const fds: number[] = [];
  try {
    for (let queue = 0; queue < queues; queue++) fds.push(openSync('/dev/vhost-net', constants.O_RDWR));
    return fds;
  } catch {
    for (const fd of fds) closeSync(fd);
    return [];
  }
}
