import { writeFileSync } from 'node:fs';
import { duplexPair } from 'node:stream';
import {
  AgentService,
  type CreateContainerRequest,
  Health,
  HealthCheckResponse_ServingStatus,
  LOST_MEMBERS_FEATURE,
  LOST_MEMBERS_KEY,
  OWN_NAMESPACES_KEY,
  specFromProto,
} from '@hako/agent-protocol';
import type {
  Hypervisor,
  HypervisorCapabilities,
  TemplateKey,
  VirtualMachine,
  VmConfig,
  VmExit,
} from '@hako/hypervisor';
import type { Spec } from '@hako/oci-spec';
import { type CallContext, type ServiceHandlers, TtrpcError, TtrpcServer } from '@hako/ttrpc';

/** A process of the fake guest: prints, then ends when it is told to. */
interface FakeProcess {
  readonly ended: PromiseWithResolvers<number>;
  readonly output: Uint8Array[];
  readonly input: Buffer[];
}

/**
 * A machine without a guest: the agent's end of its channel is a real ttRPC server in this process, which keeps
 * a list of the calls it got. A process prints its id and ends at SIGKILL or SIGTERM.
 */
export class FakeMachine implements Hypervisor {
  readonly kind = 'fake';
  readonly capabilities: HypervisorCapabilities = {
    shares: new Set(['virtio-fs', 'virtio-9p']),
    hotplugVcpus: false,
    hotplugMemory: false,
    hotplug: new Set(['network']),
    snapshot: true,
  };
  readonly calls: string[] = [];
  /** Calls that are to fail, with the agent's words. */
  readonly refusals: Map<string, string> = new Map();
  /** Calls that are never answered; or all. */
  silences: ReadonlySet<string> | 'all' = new Set();
  /** Milliseconds by which calls are answered late. */
  readonly delays: Map<string, number> = new Map();
  /** Processes whose statuses were asked for. */
  readonly statusesAsked: string[] = [];
  /** What came beside messages: members that the protocol has no field for. */
  readonly lostMembers: string[] = [];
  /** The spec of the last container, as the guest got it. */
  created: Spec | undefined;
  /** The last request to create a container. */
  request: CreateContainerRequest | undefined;
  /** What the last container was to have for itself. */
  ownNamespaces: string | undefined;
  /** What the agent says of itself. */
  features: string[] = [LOST_MEMBERS_FEATURE];
  /** What is said of templates. */
  templates: TemplateKey = { obstacle: 'this machine has no memory' };
  /** A guest whose agent never answers. */
  mute = false;
  launched: VmConfig | undefined;
  /** All that was launched, as words: `boot`, `save`, `clone`. */
  readonly launches: string[] = [];
  /** What processes print, by id, in place of a greeting. */
  readonly outputs: Map<string, () => string> = new Map();
  /** No copy of a template can be started. */
  refusesCopies = false;
  /** Called with each launch, before anything else. */
  onLaunch: () => void = () => {};
  /** Why its state cannot be saved. */
  saveFailure: Error | undefined;
  /** Processes that end with status 0 as soon as they are started. */
  readonly endsAtOnce: Set<string> = new Set();
  stopped = 0;
  vcpuThreads: readonly number[] = [];
  #cut: () => void = () => {};
  #outOfMemory = Promise.withResolvers<string>();
  readonly #exit = Promise.withResolvers<VmExit>();
  readonly #processes = new Map<string, FakeProcess>();

  async check(): Promise<readonly []> {
    return [];
  }

  async templateKey(): Promise<TemplateKey> {
    return this.templates;
  }

  async machineKey({ hypervisor }: VmConfig): Promise<TemplateKey> {
    if (hypervisor.machineType === 'microvm') return { obstacle: 'machine_type microvm' };
    return { key: JSON.stringify(hypervisor.defaultMemoryMib) };
  }

  async launch(vm: VmConfig): Promise<VirtualMachine> {
    this.launched = vm;
    this.onLaunch();
    const { template } = vm;
    this.launches.push(template?.role === undefined ? 'boot' : template.role);
    if (template?.role === 'clone' && this.refusesCopies) throw new Error('no copy can be started');
    const [hostEnd, guestEnd] = duplexPair();
    if (!this.mute) {
      const agent = this.#silenced(this.#agent());
      const health = this.#silenced(healthy);
      new TtrpcServer().register(Health, health).register(AgentService, agent).serve(guestEnd);
    }
    this.#cut = () => guestEnd.destroy();
    void this.#exit.promise.then(() => guestEnd.destroy());
    return {
      vmmPid: process.pid,
      helperPids: [],
      accelerator: 'tcg',
      agentChannel: hostEnd,
      exited: this.#exit.promise,
      diagnostics: async () => ({ guestConsoleTail: ['Kernel panic - not syncing'], vmmStderrTail: [] }),
      vcpuThreads: async () => this.vcpuThreads,
      pause: async () => void this.calls.push('pause'),
      resume: async () => void this.calls.push('resume'),
      logTo: () => {},
      saveTemplate: async () => {
        this.calls.push('save');
        if (this.saveFailure !== undefined) throw this.saveFailure;
        for (const path of template === undefined ? [] : Object.values(template.files))
          writeFileSync(path, 'saved');
      },
      size: { vcpus: 1, memoryMib: 256 },
      resize: async (target) => {
        this.calls.push(`resize ${target.vcpus} ${target.memoryMib}`);
        return target;
      },
      hotplug: new Set(['network', 'block', 'scsi']),
      plug: async (device) => {
        this.calls.push(`plug ${device.id}`);
        return { guestPciPath: '02/01' };
      },
      unplug: async (id) => void this.calls.push(`unplug ${id}`),
      resizeDisk: async (id, bytes) => void this.calls.push(`resize ${id} ${bytes}`),
      placeOf: () => ({ guestPciPath: '02/1e' }),
      isGone: () => false,
      stop: async () => {
        this.stopped += 1;
        this.die({ exitCode: null, signal: 'SIGKILL' });
      },
    };
  }

  /** The agent's connection breaks; the machine is still there. */
  cutConnection(): void {
    this.#cut();
  }

  /** The guest's kernel kills in a container for want of memory. */
  outOfMemory(containerId: string): void {
    this.#outOfMemory.resolve(containerId);
    this.#outOfMemory = Promise.withResolvers();
  }

  /** The machine ends by itself. */
  die(exit: VmExit): void {
    this.#exit.resolve(exit);
  }

  /** Bytes that a process got on stdin. */
  inputOf(execId: string): string {
    return Buffer.concat(this.#processes.get(execId)?.input ?? []).toString();
  }

  /** A process ends by itself. */
  endProcess(execId: string, status: number): void {
    this.#processes.get(execId)?.ended.resolve(status);
  }

  #late(name: PropertyKey, answer: unknown): unknown {
    const delayMs = this.delays.get(String(name));
    if (delayMs === undefined || typeof answer !== 'function') return answer;
    return async (...args: unknown[]) => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return Reflect.apply(answer, undefined, args);
    };
  }

  #silenced<Handlers extends object>(handlers: Handlers): Handlers {
    const isSilent = (name: PropertyKey): boolean =>
      this.silences === 'all' || this.silences.has(String(name));
    return new Proxy(handlers, {
      get: (all, name) =>
        isSilent(name) ? () => new Promise(() => {}) : this.#late(name, Reflect.get(all, name)),
    });
  }

  #agent(): ServiceHandlers<AgentService> {
    const note = ({ metadata }: CallContext): void => {
      const text = metadata.get(LOST_MEMBERS_KEY)?.[0];
      if (text !== undefined) this.lostMembers.push(text);
    };
    const log = (call: string, detail = ''): void => {
      this.calls.push(detail === '' ? call : `${call} ${detail}`);
      const refusal = this.refusals.get(call);
      if (refusal !== undefined) throw new TtrpcError('internal', refusal);
    };
    const processOf = (execId: string): FakeProcess => {
      const found = this.#processes.get(execId);
      if (found === undefined) throw new TtrpcError('not-found', `process ${execId}`);
      return found;
    };
    const begin = (execId: string): void => {
      const ended = Promise.withResolvers<number>();
      const words = this.outputs.get(execId)?.() ?? `${execId} says hello\n`;
      this.#processes.set(execId, { ended, output: [Buffer.from(words)], input: [] });
    };
    return {
      createSandbox: () => log('createSandbox'),
      reseedRandomDev: ({ data }) => log('reseedRandomDev', String(data.length)),
      setGuestDateTime: () => log('setGuestDateTime'),
      onlineCPUMem: () => log('onlineCPUMem'),
      destroySandbox: () => log('destroySandbox'),
      getGuestDetails: () => ({ agentDetails: { extraFeatures: this.features } }),
      getOOMEvent: async () => ({ containerId: await this.#outOfMemory.promise }),
      pauseContainer: ({ containerId }) => log('pauseContainer', containerId),
      statsContainer: () => log('statsContainer'),
      ttyWinResize: () => log('ttyWinResize'),
      resumeContainer: ({ containerId }) => log('resumeContainer', containerId),
      updateContainer: (_request, context) => {
        log('updateContainer');
        note(context);
      },
      createContainer: (request, context) => {
        const { containerId, execId, OCI } = request;
        note(context);
        this.request = request;
        this.ownNamespaces = context.metadata.get(OWN_NAMESPACES_KEY)?.[0];
        this.created = OCI === undefined ? undefined : specFromProto(OCI);
        log('createContainer', containerId);
        begin(execId);
      },
      startContainer: ({ containerId }) => {
        log('startContainer', containerId);
        if (this.endsAtOnce.has(containerId)) this.endProcess(containerId, 0);
      },
      removeContainer: ({ containerId }) => log('removeContainer', containerId),
      execProcess: ({ execId }, context) => {
        note(context);
        log('execProcess', execId);
        begin(execId);
      },
      signalProcess: ({ execId, signal }) => {
        log('signalProcess', `${execId}:${signal}`);
        for (const [id, { ended }] of this.#processes) {
          if ((execId === '' || id === execId) && (signal === 9 || signal === 15))
            ended.resolve(128 + signal);
        }
      },
      readStdout: async ({ execId }) => {
        const { output, ended } = processOf(execId);
        const data = output.shift();
        if (data !== undefined) return { data };
        await ended.promise;
        return {};
      },
      readStderr: async ({ execId }) => {
        await processOf(execId).ended.promise;
        return {};
      },
      writeStdin: ({ execId, data }) => {
        processOf(execId).input.push(Buffer.from(data));
        return { len: data.length };
      },
      closeStdin: ({ execId }) => log('closeStdin', execId),
      waitProcess: async ({ execId }) => {
        this.statusesAsked.push(execId);
        return { status: await processOf(execId).ended.promise };
      },
    };
  }
}

const healthy: ServiceHandlers<Health> = {
  check: () => ({ status: HealthCheckResponse_ServingStatus.SERVING }),
};
