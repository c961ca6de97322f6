import type { AgentClient } from '@hako/agent-client';
import type { VirtualMachine, VmConfig } from '@hako/hypervisor';
import type { ContainerConfig, SandboxConfig } from '@hako/oci-translate';
import { checkDevices } from './check-devices.ts';
import { checkNamespaces } from './check-namespaces.ts';
import { Container } from './container.ts';
import { ContainerShares } from './container-shares.ts';
import type { CreateContainerOptions } from './create-container-options.ts';
import { runCreateHooks } from './create-hooks.ts';
import { createInGuest } from './create-in-guest.ts';
import { coldDisks, withColdDisks } from './disks/cold-disks.ts';
import { DirectVolumes } from './disks/direct-volumes.ts';
import { SandboxDisks } from './disks/sandbox-disks.ts';
import { endWithAgent } from './end-with-agent.ts';
import { ContainerCopies } from './files/container-copies.ts';
import { followOomKills } from './follow-oom-kills.ts';
import { guestRefused } from './guest-refused.ts';
import { GuestSwap } from './guest-swap.ts';
import { HostCgroup } from './host-cgroup.ts';
import { ownCgroupPath } from './host-cgroup-path.ts';
import { machineFor } from './host-devices/machine-for.ts';
import { SandboxHostDevices } from './host-devices/sandbox-host-devices.ts';
import { HostMakings } from './host-makings.ts';
import { Journal, readJournal } from './journal.ts';
import { makeDirectories } from './make-directories.ts';
import { takeNetDevices } from './net-devices.ts';
import { pidTarget } from './pid-target.ts';
import { type PlannedDevices, planDevices } from './plan-devices.ts';
import { PodPorts } from './pod-ports.ts';
import { removeFromGuest } from './remove-from-guest.ts';
import { hookState, runHooks } from './run-hooks.ts';
import { type SandboxError, sandboxError } from './sandbox-error.ts';
import { SandboxNetwork } from './sandbox-network.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { sandboxRequest } from './sandbox-request.ts';
import { SandboxSize } from './sizing/sandbox-size.ts';
import { type StartedMachine, startMachine } from './start-machine.ts';
import { stateOf } from './state-of.ts';
import type { SandboxPaths } from './state-paths.ts';
import { templatesOf } from './templates/sandbox-templates.ts';
import { Timings } from './timings.ts';
import { undoJournal } from './undo.ts';
import { vmConfig } from './vm-config.ts';

/** How long the guest may take to flush its file systems before the VM is ended without it. */
const DESTROY_TIMEOUT_MS = 5000;

/**
 * One VM with its containers.
 *
 * new -> booting -> running -> ended. Creating the sandbox's own container, whose id is the sandbox's, boots it; the
 * other members of a pod wait for that, whenever they come, and share its namespaces. `destroy` ends it from any state and
 * undoes the journal, and is idempotent. When the VM ends by itself, every container stops with status 137 and the
 * reason as its `failure`.
 */
export class Sandbox {
  readonly config: SandboxConfig;
  readonly timings: Timings;
  readonly containers: Map<string, Container> = new Map();
  readonly volumes: DirectVolumes = new DirectVolumes(() => this.#disks, this);
  readonly #options: SandboxOptions;
  readonly #paths: SandboxPaths;
  readonly #journal: Journal;
  readonly #shares: ContainerShares;
  readonly #cgroup?: HostCgroup;
  #booting: Promise<void> | undefined;
  #network: SandboxNetwork | undefined;
  #machine: VirtualMachine | undefined;
  #agent: AgentClient | undefined;
  #disks: SandboxDisks | undefined;
  #hostDevices: SandboxHostDevices | undefined;
  #size: SandboxSize | undefined;
  #copies: ContainerCopies | undefined;
  #ending: Promise<void> | undefined;
  readonly #onHost = new HostMakings(() => (this.#ending === undefined ? undefined : this.#gone()));
  /** Why the machine is no more. */
  #endReason: string | undefined;
  /** The sandbox's own container is there. */
  readonly #founded = Promise.withResolvers<void>();
  readonly #cancelled = new AbortController();

  constructor(options: SandboxOptions) {
    this.config = options.config;
    this.#options = options;
    this.timings = options.timings ?? new Timings();
    this.#paths = { ...options.store.sandbox(options.config.id), ...options.ready?.paths };
    // It ends with the sandbox, whatever that comes to.
    this.#machine = options.ready?.machine;
    this.#journal = new Journal(this.#paths.journal, (pid) => options.host.processStartTime(pid));
    this.#shares = new ContainerShares(this.#paths, options.host, this.#journal);
    const { hostCgroup } = options;
    if (hostCgroup !== undefined)
      this.#cgroup = new HostCgroup(hostCgroup, { isOurs: hostCgroup === ownCgroupPath(options.config.id) });
    // Only members of a pod ask for it.
    this.#founded.promise.catch(() => {});
  }

  /**
   * Makes a container; the sandbox's own one boots the VM. Nothing of a container that could not be made stays.
   *
   * @throws SandboxError `boot-failed`, `host-refused`, `guest-refused`, `sandbox-gone`, `unsupported`
   */
  async createContainer(options: CreateContainerOptions): Promise<Container> {
    if (this.#ending !== undefined) throw this.#gone();
    if (options.config.id !== this.config.id) {
      await this.#founded.promise;
      if ((this.containers.get(this.config.id)?.status ?? 'stopped') === 'stopped') throw this.#gone();
      return this.#makeContainer(options);
    }
    try {
      const container = await this.#makeContainer(options);
      this.#founded.resolve();
      return container;
    } catch (error) {
      this.#founded.reject(error);
      throw error;
    }
  }

  /** @throws SandboxError `not-found` */
  container(id: string): Container {
    const container = this.containers.get(id);
    if (container === undefined) throw sandboxError('not-found', `container does not exist: ${id}`, { id });
    return container;
  }

  /** Removes a stopped or created container from the guest. */
  async removeContainer(id: string): Promise<void> {
    const container = this.container(id);
    const { status } = container;
    if (status !== 'stopped' && status !== 'created') {
      const message = `cannot delete container ${id} that is not stopped: ${status}`;
      throw sandboxError('wrong-state', message, { id, status });
    }
    // With the sandbox's own container, or the last one, the machine goes; tidying up inside it would only cost time.
    const isLast = id === this.config.id || this.containers.size === 1;
    if (!isLast && this.#agent !== undefined) {
      const isEnding = () => (this.#ending ?? this.#endReason) !== undefined;
      if (await removeFromGuest(this.#agent, id, isEnding)) await this.#detachDevices(id);
      else this.#log(`container ${id} stays in the guest, which hangs`, 'warning');
    }
    if (container.status === 'created') container.init.abandon(137);
    container.abandonExecs();
    this.containers.delete(id);
    this.#copies?.remove(id);
    if (isLast) await this.destroy();
    else await this.#shares.remove(id);
  }

  /** Asks the agent about the machine as a whole. @throws SandboxError `guest-refused`, `sandbox-gone` */
  askGuest<T>(what: string, ask: (agent: AgentClient) => Promise<T>): Promise<T> {
    if (this.#agent === undefined) throw this.#gone();
    return guestRefused(ask(this.#agent), what, this.config.id);
  }

  /** Ends the VM and undoes all that was made for the sandbox. */
  async destroy(): Promise<void> {
    this.#ending ??= this.#end();
    await this.#ending;
  }

  async #makeContainer(options: CreateContainerOptions): Promise<Container> {
    const { config, io, pid, isStandIn = false, rootfsDisk } = options;
    await runCreateHooks(this.#options.store, config, pid, this.#cancelled.signal);
    checkNamespaces(config.spec.linux?.namespaces);
    if (rootfsDisk === undefined) checkDevices(config);
    const planned = planDevices(config, this.config, rootfsDisk);
    const moveBack = await takeNetDevices(config, this.config);
    try {
      if (this.#booting === undefined) {
        // A machine that was ready has its own.
        if (this.#options.ready === undefined)
          await this.#onHost.make(() => makeDirectories(this.#paths, this.#options.host, this.#journal));
        await this.#onHost.make(() => this.#enterCgroup());
        await this.#onHost.make(() => this.#connectNetwork());
      }
      const shared = await this.#onHost.make(() =>
        this.#shares.add(config, this.config, rootfsDisk !== undefined),
      );
      this.#booting ??= this.#boot(config, planned);
      await this.#booting;
      const agent = this.#agent;
      const disks = this.#disks;
      const size = this.#size;
      if (agent === undefined || disks === undefined || size === undefined) throw this.#gone();
      await size.add(config.id, config.spec.linux?.resources);
      const attached = await disks.attach(config.id, shared.name, planned.disks);
      const handed = (await this.#hostDevices?.attach(config.id, planned.hostDevices)) ?? [];
      await this.#copies?.add(config.id, shared.copies);
      const target = pidTarget(config, this.containers.values());
      const notice = await this.timings.measure('container create', () =>
        createInGuest(
          agent,
          config,
          this.config,
          shared,
          { ...attached, devices: [...attached.devices, ...handed] },
          target,
        ),
      );
      if (notice !== undefined) this.#options.onNotice?.(notice);
      // Not before: where nothing is made, its caller ends it after everything else, and it would hold the cgroup.
      if (isStandIn) this.#cgroup?.add(pid);
      const container = new Container(agent, config, io, pid, {
        statusChanged: (changed) => this.#record(changed),
        started: () => runHooks('poststart', config.spec.hooks?.poststart, hookState(config, 'running', pid)),
        updating: (resources, apply) => size.update(config.id, resources, apply),
        endMachine: (why) => this.#endMachine(why),
        warn: (message) => this.#log(`container ${config.id}: ${message}`, 'warning'),
      });
      // With the sandbox's own container the machine goes.
      if (config.id !== this.config.id) void container.stopped.then(() => this.#giveBack(config.id));
      this.containers.set(config.id, container);
      this.#record(container);
      // It may have ended while the guest was answering.
      if (this.#endReason !== undefined) container.machineEnded(this.#endReason);
      return container;
    } catch (error) {
      // What the sandbox's own container leaves is undone with the sandbox.
      if (config.id !== this.config.id) {
        this.#copies?.remove(config.id);
        await this.#detachDevices(config.id);
        await this.#giveBack(config.id);
        await this.#shares.remove(config.id);
      }
      await moveBack();
      throw error;
    }
  }

  /** What a container could use is not needed any more; a machine that ends meanwhile gives all back. */
  async #giveBack(id: string): Promise<void> {
    if (this.#ending === undefined) await this.#size?.remove(id);
  }

  /** What the guest does not let go stays to the end of the machine, and is told. */
  async #detachDevices(id: string): Promise<void> {
    for (const devices of [this.#disks, this.#hostDevices])
      await devices?.detach(id).catch((error: unknown) => this.#options.onNotice?.(String(error)));
  }

  #gone(): SandboxError {
    return sandboxError('sandbox-gone', `sandbox ${this.config.id} has ended`, { id: this.config.id });
  }

  async #enterCgroup(): Promise<void> {
    const failures = (await this.#cgroup?.enter(this.#journal)) ?? [];
    for (const pid of this.#options.ready?.pids ?? []) this.#cgroup?.add(pid);
    if (failures.length === 0) return;
    this.#options.onNotice?.(`the sandbox is not accounted for in its cgroup: ${failures.join('; ')}`);
  }

  async #connectNetwork(): Promise<void> {
    const { onNotice } = this.#options;
    this.#network = await SandboxNetwork.connect({
      config: this.config,
      runtimeDir: this.#paths.vm,
      ledger: this.#journal,
      ...(onNotice === undefined ? {} : { onNotice }),
      log: (message) => this.#log(message),
    });
  }

  async #startMachine(vm: VmConfig): Promise<StartedMachine> {
    const { hypervisor, makeTemplate, onNotice, measureGuest = false, config } = this.#options;
    try {
      return await startMachine(vm, {
        hypervisor,
        launch: {
          ledger: this.#journal,
          signal: this.#cancelled.signal,
          onPhase: (phase) => this.timings.add(phase.name, phase.durationMs),
          ...(onNotice === undefined ? {} : { onNotice }),
        },
        launched: (machine) => (this.#machine = machine),
        ready: this.#options.ready,
        templates: templatesOf({
          config,
          hypervisor,
          make: makeTemplate?.bind(undefined, config, (pid) => this.#cgroup?.sendBack(pid)),
          notice: (message) => onNotice?.(message),
        }),
        dialTimeoutMs: config.agent.dialTimeoutMs,
        timings: this.timings,
        measureGuest,
        log: (message) => this.#log(message),
      });
    } finally {
      this.#network?.release();
    }
  }

  /** @param own the sandbox's own container, with the disks and the devices of the host that it needs */
  async #boot(own: ContainerConfig, planned: PlannedDevices): Promise<void> {
    const config = this.config;
    const network = this.#network;
    const disks = coldDisks(planned.disks, config.hypervisor);
    const plain = vmConfig(config, this.#paths, network?.devices);
    const vm = withColdDisks(machineFor(plain, planned.machineDevices), disks);
    const { machine, agent } = await this.#startMachine(vm);
    this.#disks = new SandboxDisks(machine, config.hypervisor, disks);
    this.#hostDevices = new SandboxHostDevices(machine, config, vm);
    const log = (message: string, level?: 'info' | 'warning'): void => this.#log(message, level);
    let swap: GuestSwap | undefined;
    try {
      await network?.configure(agent);
      const request = sandboxRequest(own, config, vm, network?.resolvConf);
      await this.timings.measure('sandbox create', () =>
        guestRefused(agent.createSandbox(request), 'create sandbox', config.id),
      );
      swap = GuestSwap.of({ config, machine, agent, ledger: this.#journal, log });
      this.#size = new SandboxSize(machine, agent, config, { ...this.#options, swap });
      this.#copies = new ContainerCopies(agent, (message) => this.#log(message));
      this.#agent = agent;
    } catch (error) {
      swap?.cancel();
      await machine.stop();
      throw error;
    }
    network?.follow(machine, agent);
    const ports = PodPorts.open({ own, config, agent, log });
    void followOomKills(agent, (containerId) => {
      const container = this.containers.get(containerId);
      if (container === undefined) return;
      container.oomKills += 1;
      this.#options.onOutOfMemory?.(containerId);
    });
    void endWithAgent(machine, agent, (why) => {
      this.#endReason ??= why;
    });
    void machine.exited.then((exit) => {
      this.#agent = undefined;
      const reason =
        this.#endReason ??
        exit.cause ??
        `the virtual machine ended (${exit.signal ?? `exit status ${exit.exitCode}`})`;
      this.#endReason = reason;
      this.#log(`machine has ended: ${reason}`);
      for (const container of this.containers.values()) container.machineEnded(reason);
      this.#copies?.close();
      ports?.close();
      swap?.cancel();
      // What fails here is undone with the journal.
      void network?.close().catch(() => {});
    });
  }

  /** Of a guest that is no use any more. Its containers have ended when this resolves. */
  async #endMachine(why: string): Promise<void> {
    this.#log(`the machine is ended: ${why}`, 'warning');
    this.#endReason ??= why;
    await this.#machine?.stop();
    for (const { stopped } of this.containers.values()) await stopped;
  }

  async #end(): Promise<void> {
    const startMs = performance.now();
    this.#founded.reject(this.#gone());
    // A guest that does not answer is ended all the same. Asked before the next line, which takes the host's kernel about as long.
    const flushed = this.#agent?.destroySandbox({}, { timeoutMs: DESTROY_TIMEOUT_MS }).catch(() => {});
    // At once: whoever empties that cgroup (podman, of a pod) does not end those who clean up.
    this.#cgroup?.leave();
    if (flushed === undefined) {
      // Still booting, or never booted: nobody in there has anything to lose.
      this.#cancelled.abort();
      await this.#machine?.stop();
    }
    await this.#booting?.catch(() => {});
    // Of one that booted meanwhile.
    await (flushed ?? this.#agent?.destroySandbox({}, { timeoutMs: DESTROY_TIMEOUT_MS }).catch(() => {}));
    await this.#machine?.stop();
    await this.#onHost.finished();
    // Of one that came into it meanwhile.
    this.#cgroup?.leave();
    await this.#network?.close().catch(() => {});
    for (const kept of await undoJournal(readJournal(this.#paths.journal), this.#options.host))
      this.#log(kept, 'warning');
    this.timings.add('teardown', performance.now() - startMs);
  }

  #log(message: string, level?: 'info' | 'warning'): void {
    this.#options.log?.(message, level);
  }

  #record(container: Container): void {
    const { exit, failure } = container;
    const how =
      exit === undefined ? '' : ` with status ${exit.status}${failure === undefined ? '' : `: ${failure}`}`;
    this.#log(`container ${container.config.id} is ${container.status}${how}`);
    // A container that was removed meanwhile has no place for its state any more.
    if (this.containers.get(container.config.id) !== container) return;
    const { host, store } = this.#options;
    store.writeContainerState(stateOf(container, this.config.id, host));
  }
}
