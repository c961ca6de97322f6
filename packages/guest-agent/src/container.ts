import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringifyJson } from '@hako/oci-spec/json';
import { AgentError } from './agent-error.ts';
import { cgroupOf, oomKills, processesIn, writeControl } from './cgroup.ts';
import { crun, releaseInit } from './crun.ts';
import { GuestProcess } from './guest-process.ts';
import { setNetworkSysctls } from './network-sysctls.ts';
import { joinsPids } from './shared-namespaces.ts';
import type { Machine } from './system/machine.ts';
import { within } from './within.ts';

const SIGKILL = 9;
const SIGTERM = 15;

const lookAgainMs = 5;

/** Makes the names of console sockets different. */
let consoleSockets = 0;

/** Ended execs that are remembered for late questions. */
const maxEndedExecs = 256;

/**
 * A container and its processes.
 *
 * States: creating, created (its first process waits to run the user's command), running, stopped (the first process
 * has ended), removing.
 */
export class Container {
  readonly id: string;
  readonly init: GuestProcess;
  /** Mount points that go when the container goes. */
  mountPoints: readonly string[] = [];
  /** Addresses here of PCI devices that the host has handed to the container, by those on the host. */
  pciAddresses: ReadonlyMap<string, string> = new Map();
  /** What it has in the host's share. */
  sharedPaths: readonly string[] = [];
  /** What it is called in its pod, where it is in one. */
  name: string | undefined;
  /** Called when the kernel has killed a process of the container for want of memory. */
  onOom: () => void = () => {};
  readonly #machine: Machine;
  readonly #dir: string;
  readonly #processes = new Map<string, GuestProcess>();
  /** Those of them that run beside the container. */
  readonly #forwards = new Set<GuestProcess>();
  #state: 'creating' | 'created' | 'running' | 'removing' = 'creating';
  #cgroupDir: string | undefined;
  #execCount = 0;
  #hasPoststartHooks = false;
  #hasStartHooks = false;
  #oomKills = 0;
  #frozen = false;

  /** @param dir the container's own folder, which must not exist */
  constructor(
    machine: Machine,
    parts: {
      readonly id: string;
      readonly execId: string;
      readonly dir: string;
      /** Whether the first process has a terminal. */
      readonly terminal: boolean;
    },
  ) {
    this.#machine = machine;
    this.id = parts.id;
    this.#dir = parts.dir;
    this.init = this.#newProcess(parts.execId, parts.terminal);
    this.#processes.set(parts.execId, this.init);
  }

  get state(): 'creating' | 'created' | 'running' | 'stopped' | 'removing' {
    return this.#state !== 'removing' && this.init.exited ? 'stopped' : this.#state;
  }

  /** Folder of the container's cgroup; undefined before it is created. */
  get cgroupDir(): string | undefined {
    return this.#cgroupDir;
  }

  /** Makes the container with its first process from its config.json. Throws AgentError. */
  async create(spec: object): Promise<void> {
    this.#hasPoststartHooks = hasHooks(spec, 'poststart');
    this.#hasStartHooks = hasHooks(spec, 'startContainer');
    try {
      // Their programs are the guest's.
      if ('hooks' in spec) await this.#machine.mountImage();
      mkdirSync(this.#dir, { recursive: true });
      writeFileSync(`${this.#dir}/config.json`, stringifyJson(withPersonality(setNetworkSysctls(spec))));
      await this.#launch(this.init, `${this.#dir}/init.pid`, [
        'create',
        '--bundle',
        this.#dir,
        '--pid-file',
        `${this.#dir}/init.pid`,
        ...this.init.crunOptions,
        this.id,
      ]);
    } catch (error) {
      this.init.abandon();
      rmSync(this.#dir, { recursive: true, force: true });
      throw error;
    }
    const { pid } = this.init;
    this.#cgroupDir = pid === undefined ? undefined : cgroupOf(pid);
    this.#state = 'created';
    void this.init.exit.then(() => {
      this.lookForOom();
      // The kernel does it only where the pid namespace ends with the first process.
      if (joinsPids(spec)) this.signalAll(SIGKILL);
    });
  }

  /** Lets the first process run the user's command. Throws AgentError. */
  async start(): Promise<void> {
    if (this.state !== 'created') {
      throw new AgentError('failed-precondition', `container ${this.id} is ${this.state}, not created`);
    }
    this.#state = 'running';
    const { pid } = this.init;
    const crunFile = this.#hasStartHooks ? fileOfProgram(pid) : undefined;
    if (this.#hasPoststartHooks || !releaseInit(this.id)) {
      try {
        await crun(this.#machine, `${this.#dir}/start.log`, ['start', this.id]);
      } catch (error) {
        if (this.#state === 'running') this.#state = 'created';
        throw error;
      }
    }
    if (this.#hasStartHooks) await this.#programRuns(pid, crunFile);
  }

  /**
   * The first process runs the startContainer hooks, still as crun, and then becomes the user's command, or ends when a
   * hook failed. Nothing tells of that but the file it runs.
   */
  async #programRuns(pid: number | undefined, crunFile: string | undefined): Promise<void> {
    let file = fileOfProgram(pid);
    for (; file === crunFile && file !== undefined; file = fileOfProgram(pid)) await delay(lookAgainMs);
    if (file !== undefined) return;
    const status = await this.init.exit;
    if (status === 0) return;
    throw new AgentError(
      'internal',
      `a startContainer hook failed, or the command ended at once (status ${status})`,
    );
  }

  /** Starts another process from its process.json. Throws AgentError. */
  async exec(execId: string, spec: object, terminal: boolean): Promise<void> {
    this.#checkNewProcess(execId);
    const process = this.#newProcess(execId, terminal);
    this.#processes.set(execId, process);
    const files = `${this.#dir}/exec-${this.#execCount++}`;
    try {
      writeFileSync(`${files}.json`, stringifyJson(spec));
      await this.#launch(process, `${files}.pid`, [
        'exec',
        '--detach',
        '--process',
        `${files}.json`,
        '--pid-file',
        `${files}.pid`,
        ...process.crunOptions,
        this.id,
      ]);
    } catch (error) {
      process.abandon();
      this.#processes.delete(execId);
      throw error;
    } finally {
      rmSync(`${files}.json`, { force: true });
      rmSync(`${files}.pid`, { force: true });
    }
    void process.exit.then(() => {
      this.lookForOom();
      this.#forgetOldExecs();
    });
  }

  /**
   * Connects to a TCP port of the machine's loopback, by IPv4 or else IPv6, as a process of that id: its stdin is sent, what
   * comes is its stdout. It runs beside the container, whose root need not hold a program for that.
   */
  async forwardPort(execId: string, port: number): Promise<void> {
    this.#checkNewProcess(execId);
    const process = this.#newProcess(execId, false);
    this.#processes.set(execId, process);
    const script = 'busybox nc 127.0.0.1 "$0" || exec busybox nc ::1 "$0"';
    try {
      const { pid, exited } = await this.#machine.start({
        args: ['sh', '-c', script, String(port)],
        ...(process.childFds === undefined ? {} : { stdio: process.childFds }),
      });
      process.started(pid, exited);
    } catch (error) {
      process.abandon();
      this.#processes.delete(execId);
      throw error;
    } finally {
      process.closeChildEnds();
    }
    this.#forwards.add(process);
    void process.exit.then(() => {
      this.#forwards.delete(process);
      this.#forgetOldExecs();
    });
  }

  /** Throws AgentError where no process of that id can come into being now. */
  #checkNewProcess(execId: string): void {
    if (this.state !== 'running' || this.#frozen) {
      const state = this.#frozen ? 'paused' : this.state;
      throw new AgentError('failed-precondition', `container ${this.id} is ${state}, not running`);
    }
    if (this.#processes.has(execId)) {
      throw new AgentError('already-exists', `container ${this.id} has a process ${execId} already`);
    }
  }

  /** The process of that id. Throws AgentError `not-found`. */
  process(execId: string): GuestProcess {
    const process = this.#processes.get(execId);
    if (process === undefined) {
      throw new AgentError('not-found', `container ${this.id} has no process ${execId}`, {
        facts: { containerId: this.id, execId },
      });
    }
    return process;
  }

  /** Sends a signal to one process. Throws AgentError. */
  signalOne(execId: string, signal: number): void {
    const process = this.process(execId);
    const { pid } = process;
    const lost = signal === SIGTERM && process === this.init && pid !== undefined && wouldDrop(pid, signal);
    process.signal(lost ? SIGKILL : signal);
  }

  /** Sends a signal to all processes of the container. */
  signalAll(signal: number): void {
    const dir = this.#cgroupDir;
    if (dir === undefined) {
      this.signalOne(this.init.execId, signal);
      return;
    }
    if (signal === SIGKILL && writeControl(dir, 'cgroup.kill', '1')) return;
    // Frozen, so that none is born in between.
    writeControl(dir, 'cgroup.freeze', '1');
    try {
      for (const pid of processesIn(dir)) this.#machine.kill(pid, signal);
    } finally {
      if (!this.#frozen) writeControl(dir, 'cgroup.freeze', '0');
    }
  }

  /** Stops all processes of the container where they are, or lets them go on. Throws AgentError. */
  freeze(frozen: boolean): void {
    if (this.state !== 'created' && this.state !== 'running') {
      throw new AgentError('failed-precondition', `container ${this.id} is ${this.state}`);
    }
    if (
      this.#cgroupDir === undefined ||
      !writeControl(this.#cgroupDir, 'cgroup.freeze', frozen ? '1' : '0')
    ) {
      throw new AgentError('internal', `container ${this.id} has no cgroup that can be frozen`);
    }
    this.#frozen = frozen;
  }

  /**
   * Asks the kernel whether it has killed for want of memory, and tells. Done when a process ends and when figures are
   * read: nothing else says it of a process whose parent goes on.
   */
  lookForOom(): void {
    if (this.#cgroupDir === undefined) return;
    const kills = oomKills(this.#cgroupDir);
    if (kills > this.#oomKills) this.onOom();
    this.#oomKills = kills;
  }

  /** Sets the limits that `resources` (of config.json) names. Throws AgentError. */
  async update(resources: object): Promise<void> {
    if (this.state !== 'created' && this.state !== 'running') {
      throw new AgentError('failed-precondition', `container ${this.id} is ${this.state}`);
    }
    const file = `${this.#dir}/update-${this.#execCount++}`;
    try {
      writeFileSync(`${file}.json`, stringifyJson(resources));
      await crun(this.#machine, `${file}.log`, ['update', '--resources', `${file}.json`, this.id]);
    } finally {
      rmSync(`${file}.json`, { force: true });
    }
  }

  /**
   * Kills what is left and takes the container away. Throws AgentError `deadline-exceeded` when processes have not
   * ended after `timeoutMs`; it may be tried again then.
   */
  async remove(timeoutMs: number): Promise<void> {
    if (this.#state === 'creating' || this.#state === 'removing') {
      throw new AgentError('failed-precondition', `container ${this.id} is ${this.state}`);
    }
    const before = this.#state;
    this.#state = 'removing';
    try {
      if (!this.init.exited || this.#processes.size > 1) this.signalAll(SIGKILL);
      for (const process of this.#forwards) process.signal(SIGKILL);
      await this.#allExited(timeoutMs);
      await crun(this.#machine, `${this.#dir}/delete.log`, ['delete', '--force', this.id]);
    } catch (error) {
      this.#state = before;
      throw error;
    }
    for (const process of this.#processes.values()) process.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #newProcess(execId: string, terminal: boolean): GuestProcess {
    if (!terminal) return new GuestProcess(this.#machine, execId);
    // Not in the container's folder: an id may be longer than a socket's address.
    const path = join(dirname(this.#dir), `console-${consoleSockets++}`);
    return new GuestProcess(this.#machine, execId, path);
  }

  async #launch(process: GuestProcess, pidFile: string, args: readonly string[]): Promise<void> {
    await this.#machine.during(async () => {
      try {
        await crun(this.#machine, pidFile.replace(/pid$/, 'log'), args, process.childFds);
        process.takeTerminal();
      } finally {
        process.closeChildEnds();
      }
      process.started(Number(readFileSync(pidFile, 'latin1')));
    });
  }

  async #allExited(timeoutMs: number): Promise<void> {
    const exits = Promise.all([...this.#processes.values()].map(({ exit }) => exit));
    const message = `processes of container ${this.id} did not end in ${timeoutMs} ms`;
    await within(exits, timeoutMs, () => new AgentError('deadline-exceeded', message));
  }

  #forgetOldExecs(): void {
    const ended = [...this.#processes].filter(
      ([, process]) => process !== this.init && process.exited && process.drained,
    );
    for (const [execId] of ended.slice(0, Math.max(0, ended.length - maxEndedExecs))) {
      this.#processes.delete(execId);
    }
  }
}

/** crun runs with fixed addresses (see `crun`); its container must have the kernel's usual ones. */
function withPersonality(spec: object): object {
  const linux: unknown = 'linux' in spec ? spec.linux : undefined;
  return {
    ...spec,
    linux: { personality: { domain: 'LINUX' }, ...(typeof linux === 'object' ? linux : {}) },
  };
}

function hasHooks(spec: object, kind: string): boolean {
  const hooks: unknown = 'hooks' in spec ? spec.hooks : undefined;
  return typeof hooks === 'object' && hooks !== null && kind in hooks;
}

/** Which file a process runs; undefined when it is gone. */
function fileOfProgram(pid: number | undefined): string | undefined {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/exe`);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** The kernel drops a signal for the first process of a pid namespace that has no handler for it. */
function wouldDrop(pid: number, signal: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    if (!/^NSpid:.*\t1$/m.test(status)) return false;
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1];
    return caught === undefined || ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 0n;
  } catch {
    return true;
  }
}
