import type { AgentClient } from '@hako/agent-client';
import { ADDED_MEMORY_KEY, ONLINE_VCPUS_KEY } from '@hako/agent-protocol';
import type { MachineSize, VirtualMachine } from '@hako/hypervisor';
import type { LinuxResources } from '@hako/oci-spec';
import type { SandboxConfig } from '@hako/oci-translate';
import { guestRefused } from '../guest-refused.ts';
import { cpusOfGuest, guestResources } from '../guest-spec.ts';
import type { GuestSwap } from '../guest-swap.ts';
import type { Host } from '../host.ts';
import { sandboxError } from '../sandbox-error.ts';
import { Turns } from '../turns.ts';
import { VcpuPinning } from './vcpu-pinning.ts';
import { type ContainerLimits, largerLimits, limitsOf, wantedSize } from './wanted-size.ts';
import { type SwapWish, swapWishOf, wantedSwapMib } from './wanted-swap.ts';

/** Where a machine's size has effects beside the machine. */
export interface SizeSurroundings {
  readonly host: Pick<Host, 'bindThread'>;
  readonly onNotice?: (message: string) => void;
  /** Default: the guest has none. */
  readonly swap?: Pick<GuestSwap, 'ensure' | 'memoryChanged'> | undefined;
}

/**
 * The size of a sandbox's machine, which follows the limits of its containers: it grows before a container is made or gets
 * more, and shrinks when one has ended or gets less; its swap only grows. With `static_sandbox_resource_mgmt` it stays as it was started.
 */
export class SandboxSize {
  readonly #machine: VirtualMachine;
  readonly #agent: AgentClient;
  readonly #config: SandboxConfig;
  readonly #onNotice: (message: string) => void;
  readonly #pinning: VcpuPinning | undefined;
  readonly #limits = new Map<string, ContainerLimits>();
  readonly #swap: SizeSurroundings['swap'];
  readonly #swapWishes = new Map<string, SwapWish>();
  readonly #atBoot: MachineSize;
  #wanted: MachineSize;
  readonly #turns = new Turns();

  constructor(
    machine: VirtualMachine,
    agent: AgentClient,
    config: SandboxConfig,
    { host, onNotice = () => {}, swap }: SizeSurroundings,
  ) {
    this.#machine = machine;
    this.#agent = agent;
    this.#config = config;
    this.#onNotice = onNotice;
    this.#swap = swap;
    this.#pinning = config.runtime.enableVcpusPinning ? new VcpuPinning(machine, host, onNotice) : undefined;
    this.#atBoot = machine.size;
    this.#wanted = machine.size;
  }

  /** Makes room for a container. @throws SandboxError `host-refused`, `guest-refused`, with the size as it was */
  add(id: string, resources: LinuxResources | undefined): Promise<void> {
    return this.#turns.run(async () => {
      const limits = limitsOf(resources);
      await this.#setSwap(id, swapWishOf(resources), limits);
      try {
        await this.#set(id, limits);
      } catch (error) {
        this.#swapWishes.delete(id);
        throw error;
      }
      await this.#pinning?.set(id, resources);
    });
  }

  /** A container has ended. What cannot be given back is no failure. */
  remove(id: string): Promise<void> {
    return this.#turns.run(async () => {
      if (this.#limits.has(id))
        await this.#set(id, undefined).catch((error: unknown) => this.#onNotice(messageOf(error)));
      this.#swapWishes.delete(id);
      await this.#pinning?.remove(id);
    });
  }

  /**
   * Changes the limits of a container: `apply` sets them in the guest, when there is room for them.
   *
   * @throws SandboxError as `add`; what `apply` throws, with the size as it was
   */
  update(
    id: string,
    resources: LinuxResources,
    apply: (forGuest: LinuxResources) => Promise<void>,
  ): Promise<void> {
    return this.#turns.run(async () => {
      const before = this.#limits.get(id) ?? {};
      const after = limitsOf(resources, before);
      await this.#setSwap(id, swapWishOf(resources, this.#swapWishes.get(id)), after);
      await this.#set(id, largerLimits(before, after));
      try {
        await apply(guestResources(resources, cpusOfGuest(this.#config)));
      } catch (error) {
        await this.#set(id, before).catch((cause: unknown) => this.#onNotice(messageOf(cause)));
        throw error;
      }
      await this.#set(id, after);
      await this.#pinning?.set(id, resources);
    });
  }

  /** What swap the containers wish is there when this resolves. @throws SandboxError `host-refused` */
  async #setSwap(id: string, wish: SwapWish, limits: ContainerLimits): Promise<void> {
    if (this.#swap === undefined || this.#config.runtime.staticSandboxResourceMgmt) return;
    const wishes = new Map(this.#swapWishes).set(id, wish);
    const containers = [...wishes].map(([name, itsWish]) => ({
      wish: itsWish,
      memoryMib: (name === id ? limits : this.#limits.get(name))?.memoryMib,
    }));
    const sizeMib = wantedSwapMib(containers, this.#atBoot.memoryMib);
    try {
      await this.#swap.ensure(sizeMib);
    } catch (error) {
      throw sandboxError(
        'host-refused',
        `the guest cannot have ${sizeMib} MiB of swap: ${messageOf(error)}`,
        { id: this.#config.id },
        error,
      );
    }
    this.#swapWishes.set(id, wish);
  }

  async #set(id: string, limits: ContainerLimits | undefined): Promise<void> {
    if (this.#config.runtime.staticSandboxResourceMgmt) return;
    const before = this.#limits.get(id);
    this.#put(id, limits);
    const wanted = wantedSize(this.#atBoot, this.#limits.values());
    if (isEqual(wanted, this.#wanted)) return;
    try {
      await this.#resize(wanted);
    } catch (error) {
      this.#put(id, before);
      throw error;
    }
    this.#wanted = wanted;
    this.#swap?.memoryChanged();
  }

  #put(id: string, limits: ContainerLimits | undefined): void {
    if (limits === undefined) this.#limits.delete(id);
    else this.#limits.set(id, limits);
  }

  async #resize(wanted: MachineSize): Promise<void> {
    const before = this.#machine.size;
    // vCPUs that the guest leaves unused are easily taken out, and cost nothing where they stay.
    if (wanted.vcpus < this.#wanted.vcpus) await this.#online(wanted, before, before);
    let size: MachineSize;
    try {
      size = await this.#machine.resize(wanted);
    } catch (error) {
      throw sandboxError(
        'host-refused',
        `the virtual machine cannot have ${textOf(wanted)}: ${messageOf(error)}`,
        { id: this.#config.id },
        error,
      );
    }
    if (size.vcpus > before.vcpus || size.memoryMib > before.memoryMib || wanted.vcpus > this.#wanted.vcpus) {
      try {
        await this.#online(wanted, size, before);
      } catch (error) {
        await this.#machine.resize(before).catch((cause: unknown) => this.#onNotice(messageOf(cause)));
        throw error;
      }
    }
    if (size.vcpus < wanted.vcpus || size.memoryMib < wanted.memoryMib) {
      this.#onNotice(
        `the virtual machine has ${textOf(size)}, not ${textOf(wanted)}, which is the most it can have`,
      );
    }
  }

  /** Has the guest use what it has of `wanted`, and no more vCPUs. */
  async #online(wanted: MachineSize, size: MachineSize, before: MachineSize): Promise<void> {
    await guestRefused(
      this.#agent.onlineCPUMem(
        {
          nbCpus: Math.max(0, size.vcpus - before.vcpus),
          cpuOnly: size.memoryMib <= before.memoryMib,
        },
        {
          metadata: {
            [ONLINE_VCPUS_KEY]: String(Math.min(wanted.vcpus, size.vcpus)),
            [ADDED_MEMORY_KEY]: String(Math.max(0, size.memoryMib - this.#atBoot.memoryMib)),
          },
        },
      ),
      `use ${textOf(size)}`,
      this.#config.id,
    );
  }
}

function isEqual(a: MachineSize, b: MachineSize): boolean {
  return a.vcpus === b.vcpus && a.memoryMib === b.memoryMib;
}

function textOf({ vcpus, memoryMib }: MachineSize): string {
  return `${vcpus} vCPUs and ${memoryMib} MiB`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
