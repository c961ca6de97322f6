import type { AgentClient } from '@hako/agent-client';
import { ROUTE_PRIORITIES_KEY, routePrioritiesToText } from '@hako/agent-protocol';
import type { HypervisorConfig } from '@hako/config';
import type { NetworkDevice, ResourceLedger, VirtualMachine } from '@hako/hypervisor';
import type { GuestView, JoinOptions, NamespaceNetwork, UserNetwork } from '@hako/network';
import type { SandboxConfig } from '@hako/oci-translate';
import { guestRefused } from './guest-refused.ts';

export interface SandboxNetworkOptions {
  readonly config: SandboxConfig;
  /** Of the VM. */
  readonly runtimeDir: string;
  readonly ledger: ResourceLedger;
  readonly onNotice?: (message: string) => void;
  readonly log: (message: string) => void;
}

/**
 * The network of a sandbox: of the namespace that the container names, by user-mode networking, or none.
 *
 * connected -> released (the VM runs) -> configured (the guest was told) -> following -> closed.
 */
export class SandboxNetwork {
  readonly #source: NamespaceNetwork | UserNetwork | undefined;
  readonly #options: SandboxNetworkOptions;

  private constructor(source: NamespaceNetwork | UserNetwork | undefined, options: SandboxNetworkOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Rejects with nothing left. @throws NetworkError */
  static async connect(options: SandboxNetworkOptions): Promise<SandboxNetwork> {
    return new SandboxNetwork(await sourceOf(options), options);
  }

  get devices(): readonly NetworkDevice[] {
    return this.#source?.devices ?? [];
  }

  /** Lines of resolv.conf for guests whose containers bring none. */
  get resolvConf(): readonly string[] {
    return this.#source !== undefined && 'resolvConf' in this.#source ? this.#source.resolvConf : [];
  }

  /** The VMM has its descriptors. */
  release(): void {
    this.#source?.release();
  }

  /** Tells the guest. @throws SandboxError `guest-refused` */
  async configure(agent: AgentClient): Promise<void> {
    if (this.#source !== undefined) await this.#tell(agent, this.#source.view.interfaces, this.#source.view);
  }

  /** From now on changes of the namespace reach the guest. Failures are logged. */
  follow(machine: VirtualMachine, agent: AgentClient): void {
    if (this.#source === undefined || !('follow' in this.#source)) return;
    const failed = (message: string): void => {
      this.#options.log(`network: ${message}`);
      this.#options.onNotice?.(`network: ${message}`);
    };
    this.#source
      .follow({
        machine,
        tell: async (changed, view) => {
          this.#options.log(`network: now ${view.interfaces.map(({ name }) => name).join(', ') || 'empty'}`);
          await this.#tell(agent, changed, view);
        },
        failed,
      })
      .catch((error: unknown) => failed(error instanceof Error ? error.message : String(error)));
  }

  /** After the VM has ended. */
  async close(): Promise<void> {
    await this.#source?.close();
  }

  async #tell(agent: AgentClient, interfaces: GuestView['interfaces'], view: GuestView): Promise<void> {
    const { id } = this.#options.config;
    const refused = <T>(call: Promise<T>): Promise<T> => guestRefused(call, 'configure the network', id);
    for (const entry of interfaces) await refused(agent.updateInterface({ interface: entry }));
    const metadata = { [ROUTE_PRIORITIES_KEY]: routePrioritiesToText(view.priorities) };
    if (view.interfaces.length + interfaces.length > 0)
      await refused(
        agent.updateRoutes(
          { routes: { Routes: [...view.routes] } },
          view.routes.length > 0 ? { metadata } : {},
        ),
      );
    if (view.neighbours.length > 0)
      await refused(agent.addARPNeighbors({ neighbors: { ARPNeighbors: [...view.neighbours] } }));
  }
}

async function sourceOf({
  config,
  runtimeDir,
  ledger,
  onNotice,
  log,
}: SandboxNetworkOptions): Promise<NamespaceNetwork | UserNetwork | undefined> {
  const { netNsPath, internetworkingModel, disableNewNetNs } = config.network;
  if (disableNewNetNs || (netNsPath === undefined && internetworkingModel !== 'user')) return undefined;
  // Most containers of a shell have no network: they need not load what makes one.
  const { NamespaceNetwork, UserNetwork } = await import('@hako/network');
  if (internetworkingModel === 'user')
    return UserNetwork.start({
      runtimeDir,
      ledger,
      onEnd: log,
      ...(netNsPath === undefined ? {} : { netNsPath }),
    });
  if (netNsPath === undefined) return undefined;
  return NamespaceNetwork.connect(netNsPath, {
    model: internetworkingModel,
    ...cardSettings(config.hypervisor),
    ledger,
    ...(onNotice === undefined ? {} : { onNotice }),
  });
}

/** What the configuration says of network cards. */
export function cardSettings({
  networkQueues,
  disableVhostNet,
  rxRateLimiterMaxRateBitsPerSec,
  txRateLimiterMaxRateBitsPerSec,
}: HypervisorConfig): Pick<
  JoinOptions,
  'queues' | 'vhost' | 'inboundBitsPerSecond' | 'outboundBitsPerSecond'
> {
  return {
    queues: Math.max(1, networkQueues),
    vhost: !disableVhostNet,
    inboundBitsPerSecond: rxRateLimiterMaxRateBitsPerSec,
    outboundBitsPerSecond: txRateLimiterMaxRateBitsPerSec,
  };
}
