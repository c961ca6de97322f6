import type { AgentClient } from '@hako/agent-client';
import {
  KEPT_STATUS_FEATURE,
  lostMembersOfProcess,
  lostMembersOfResources,
  processToProto,
  resourcesToProto,
  type StatsContainerResponse,
} from '@hako/agent-protocol';
import type { LinuxResources, Process } from '@hako/oci-spec';
import type { ContainerConfig } from '@hako/oci-translate';
import { cannotExec } from './cannot-exec.ts';
import { checkContainerId } from './container-id.ts';
import type { ContainerStatus } from './container-state.ts';
import { guestFeatures } from './guest-features.ts';
import { GuestProcess, type ProcessExit, type ProcessIo, type TerminalSize } from './guest-process.ts';
import { type GuestProcessInfo, readGuestProcesses } from './guest-processes.ts';
import { guestRefused } from './guest-refused.ts';
import { guestProcess } from './guest-spec.ts';
import { endIfLate, killOrEnd, signalOrLeave } from './kill-or-end.ts';
import { besideMessage } from './lost-members.ts';
import { sandboxError } from './sandbox-error.ts';
import { Turns } from './turns.ts';

const SIGKILL = 9;
const SIGTERM = 15;

/** An extra process of a container: added -> running -> stopped. Only a stopped or added one can be deleted. */
export interface Exec {
  readonly process: GuestProcess;
  readonly spec: Process;
  readonly io: ProcessIo;
  status: 'added' | 'running' | 'stopped';
}

/** What a container tells its sandbox; all are called after the container's own fields changed. */
export interface ContainerEvents {
  readonly statusChanged: (container: Container) => void;
  /** Runs what is to follow the start of the process; the container is ended if it fails. */
  readonly started: () => Promise<void>;
  /** Runs `apply`, which sets new limits in the guest as the guest understands them, when the machine is fit for them. */
  readonly updating: (
    resources: LinuxResources,
    apply: (forGuest: LinuxResources) => Promise<void>,
  ) => Promise<void>;
  /** Ends the machine under the container, since the guest did not end it; resolves when the machine is gone. */
  readonly endMachine: (why: string) => Promise<void>;
  /** Told what should not happen. */
  readonly warn: (message: string) => void;
}

/**
 * A container that the agent has created. Statuses and legal calls: see ContainerStatus. Calls in the wrong
 * status reject with `wrong-state` and change nothing.
 */
export class Container {
  readonly config: ContainerConfig;
  readonly init: GuestProcess;
  readonly createdAt: Date = new Date();
  readonly execs: Map<string, Exec> = new Map();
  /** Host process that stands for the container, as the caller named it. */
  readonly pid: number;
  status: ContainerStatus = 'created';
  exit: ProcessExit | undefined;
  failure: string | undefined;
  /** How often the guest's kernel has killed in this container for want of memory. */
  oomKills = 0;
  readonly #stopped = Promise.withResolvers<ProcessExit>();
  /** See AttachOptions; false until the agent was asked. */
  #statusIsKept = false;
  readonly #agent: AgentClient;
  readonly #events: ContainerEvents;
  #isEndExpected = false;
  /** Changes of the status, one at a time: what is legal was decided on the status that the one before left. */
  readonly #turns = new Turns();

  constructor(
    agent: AgentClient,
    config: ContainerConfig,
    io: ProcessIo,
    pid: number,
    events: ContainerEvents,
  ) {
    this.#agent = agent;
    this.config = config;
    this.pid = pid;
    this.#events = events;
    this.init = new GuestProcess(agent, config.id, config.id, io);
    this.init.exited.then(
      (exit) => this.#markStopped(exit),
      (error: unknown) => {
        this.failure ??= error instanceof Error ? error.message : String(error);
        this.#markStopped({ status: 255, at: new Date() });
      },
    );
  }

  /** Resolves once the status is `stopped` and recorded. Never rejects. */
  get stopped(): Promise<ProcessExit> {
    return this.#stopped.promise;
  }

  start(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.status === 'running' || this.status === 'paused') {
        throw this.#wrongState('cannot start an already running container');
      }
      if (this.status !== 'created')
        throw this.#wrongState(`cannot start a container that is ${this.status}`);
      const starting = guestRefused(
        this.#agent.startContainer({ containerId: this.config.id }),
        'start',
        this.config.id,
      ).then(() => this.#setStatus('running'));
      // Where it fails, its process may have ended (a startContainer hook failed): then its end is seen.
      this.init.attach({ started: starting.catch(() => {}) });
      await starting;
      try {
        await this.#events.started();
      } catch (error) {
        // The specification's rule for poststart hooks: an error, and the container is stopped.
        await this.kill(SIGKILL, '', true).catch(() => {});
        await this.stopped;
        throw error;
      }
    });
  }

  /** Freezes every process of the container. */
  pause(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.status === 'paused') throw this.#wrongState('container already paused');
      if (this.status !== 'running') throw this.#wrongState(`container not running: ${this.status}`);
      await guestRefused(
        this.#agent.pauseContainer({ containerId: this.config.id }),
        'pause',
        this.config.id,
      );
      this.#setStatus('paused');
    });
  }

  /** Lets the processes of a paused container go on. */
  resume(): Promise<void> {
    return this.#turns.run(async () => {
      if (this.status !== 'paused') throw this.#wrongState('container not paused');
      await guestRefused(
        this.#agent.resumeContainer({ containerId: this.config.id }),
        'resume',
        this.config.id,
      );
      this.#setStatus('running');
    });
  }

  /** Sets the limits that `resources` names; the others stay as they are. */
  update(resources: LinuxResources): Promise<void> {
    return this.#turns.run(async () => {
      if (this.status === 'stopped') throw this.#wrongState('container not running');
      await this.#events.updating(resources, async (forGuest) => {
        await guestRefused(
          this.#agent.updateContainer(
            { containerId: this.config.id, resources: resourcesToProto(forGuest) },
            besideMessage(lostMembersOfResources(forGuest)),
          ),
          'update',
          this.config.id,
        );
      });
    });
  }

  /** What the container uses, as the guest's kernel counts it. */
  async stats(): Promise<StatsContainerResponse> {
    if (this.status === 'stopped') throw this.#wrongState('container not running');
    return guestRefused(this.#agent.statsContainer({ containerId: this.config.id }), 'stats', this.config.id);
  }

  /** The container's processes, as the guest sees them. Needs hako's agent. */
  async processes(): Promise<readonly GuestProcessInfo[]> {
    if (this.status === 'stopped') throw this.#wrongState('container not running');
    return readGuestProcesses(this.#agent, this.config.id);
  }

  /**
   * SIGKILL to the container itself ends it also where the guest hangs: then the machine goes with it (see killOrEnd). Other
   * signals wait in such a guest.
   *
   * @throws SandboxError `not-running` for a process that has ended; `wrong-state`, `guest-refused`
   */
  async kill(signal: number, execId: string, all: boolean): Promise<void> {
    if (execId !== '') {
      const exec = this.exec(execId);
      if (exec.status === 'added') throw this.#wrongState(`process ${execId} not running`);
      if (exec.status === 'stopped') throw this.#notRunning(`process ${execId} not running`);
      await guestRefused(exec.process.signal(signal), 'kill', this.config.id);
      return;
    }
    if (this.status === 'stopped') throw this.#notRunning('container not running');
    // Of one that is only created nothing of the user's runs yet and nothing waits: the agent is asked to end it, and the end is known.
    const isCreated = this.status === 'created';
    const send = () => (all && !isCreated ? this.#signalAll(signal) : this.init.signal(signal));
    const { endMachine, warn } = this.#events;
    const last = { agent: this.#agent, send, endMachine, warn };
    const killing = signal === SIGKILL ? killOrEnd(last) : signalOrLeave(last, signal);
    await guestRefused(killing, 'kill', this.config.id);
    if (isCreated && (signal === SIGKILL || signal === SIGTERM)) this.init.abandon(128 + signal);
    else if (signal === SIGKILL) this.#expectEnd();
  }

  /** Once, however often it is killed. */
  #expectEnd(): void {
    if (this.#isEndExpected) return;
    this.#isEndExpected = true;
    const { endMachine, warn } = this.#events;
    const { id, sandboxId } = this.config;
    void endIfLate(this.stopped, { isWholeSandbox: id === sandboxId, endMachine, warn });
  }

  async #signalAll(signal: number): Promise<void> {
    await this.#agent.signalProcess({ containerId: this.config.id, execId: '', signal });
    if (signal !== SIGKILL) return;
    this.init.wasKilled();
    for (const { process } of this.execs.values()) process.wasKilled();
  }

  /** Changes the size of a process's terminal; `execId` empty for the first process. */
  async resize(execId: string, size: TerminalSize): Promise<void> {
    const process = execId === '' ? this.init : this.exec(execId).process;
    await guestRefused(process.resize(size), 'resize', this.config.id);
  }

  /** Registers an exec; it runs once `startExec` is called (containerd's order of calls). */
  addExec(execId: string, spec: Process, io: ProcessIo): void {
    checkContainerId(execId);
    if (this.status !== 'running') throw cannotExec(this.config.id, this.status);
    if (this.execs.has(execId) || execId === this.config.id) {
      throw sandboxError('exec-in-use', `exec id ${execId} is in use in container ${this.config.id}`, {
        id: this.config.id,
        execId,
      });
    }
    const process = new GuestProcess(this.#agent, this.config.id, execId, io);
    this.execs.set(execId, { process, spec, io, status: 'added' });
  }

  async startExec(execId: string): Promise<void> {
    const exec = this.exec(execId);
    if (exec.status !== 'added' || exec.process.isAttached) {
      throw this.#wrongState(`process ${execId} was started already`);
    }
    if (this.status !== 'running')
      throw this.#wrongState(`cannot exec in a container that is ${this.status}`);
    const process = guestProcess(exec.spec);
    const starting = guestRefused(
      this.#agent.execProcess(
        { containerId: this.config.id, execId, process: processToProto(process) },
        besideMessage(lostMembersOfProcess(process)),
      ),
      'exec',
      this.config.id,
    ).then(() => {
      exec.status = 'running';
      const stopped = (): void => {
        exec.status = 'stopped';
      };
      exec.process.exited.then(stopped, stopped);
    });
    exec.process.attach({ started: starting, statusIsKept: this.#statusIsKept });
    await starting;
    // For the next one: this one is not to wait for the answer.
    guestFeatures(this.#agent).then(
      (features) => {
        this.#statusIsKept = features.includes(KEPT_STATUS_FEATURE);
      },
      () => {},
    );
  }

  /** @throws SandboxError `exec-not-found` */
  exec(execId: string): Exec {
    const exec = this.execs.get(execId);
    if (exec === undefined) {
      throw sandboxError(
        'exec-not-found',
        `process ${execId} does not exist in container ${this.config.id}`,
        {
          id: this.config.id,
          execId,
        },
      );
    }
    return exec;
  }

  /** What else ran in the container has ended with it, whether the guest still says so or not. */
  abandonExecs(): void {
    for (const exec of this.execs.values()) if (exec.status !== 'stopped') exec.process.abandon(137);
  }

  /** The machine ended under the container: everything in it did, too. */
  machineEnded(reason: string): void {
    this.abandonExecs();
    if (this.status === 'stopped') return;
    this.failure ??= reason;
    this.init.abandon(137);
  }

  #markStopped(exit: ProcessExit): void {
    if (this.status === 'stopped') return;
    this.exit = exit;
    this.#setStatus('stopped');
    this.#stopped.resolve(exit);
  }

  #setStatus(status: ContainerStatus): void {
    // The machine may have ended while the guest was answering: stopped is for good.
    if (this.status === 'stopped') throw this.#wrongState(this.failure ?? 'container not running');
    this.status = status;
    this.#events.statusChanged(this);
  }

  #notRunning(message: string) {
    return sandboxError('not-running', message, { id: this.config.id, status: this.status });
  }

  #wrongState(message: string) {
    return sandboxError('wrong-state', message, { id: this.config.id, status: this.status });
  }
}
