import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { AgentError } from './agent-error.ts';
import { Container } from './container.ts';
import { OomEvents } from './oom-events.ts';
import { StorageTable } from './storage.ts';
import type { Machine } from './system/machine.ts';
import { unmountBelow } from './unmount-below.ts';

/** Where the agent keeps its own files. */
export const agentRunDir = '/run/hako-agent';

/** Ids become file names and cgroup names. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/;

/**
 * All that runs in this guest: containers by id, and what is mounted for them.
 *
 * States: new (before CreateSandbox; containers may be made already, as in Kata), destroyed.
 */
export class Sandbox {
  readonly machine: Machine;
  readonly storages: StorageTable;
  readonly oomEvents: OomEvents = new OomEvents();
  /** All containers share the first one's pid namespace (CreateSandboxRequest.sandbox_pidns). */
  sharesPids = false;
  /** Folder in the guest with hooks for every container (CreateSandboxRequest.guest_hook_path); empty for none. */
  hookPath = '';
  readonly #runDir: string;
  readonly #containers = new Map<string, Container>();
  #mountPoints: readonly string[] = [];
  #destroyed = false;
  /** The first container that was made: its namespaces are the sandbox's. */
  #founder: Container | undefined;

  constructor(machine: Machine, options: { readonly runDir?: string; readonly storageRoot?: string } = {}) {
    this.machine = machine;
    this.#runDir = options.runDir ?? agentRunDir;
    this.storages = new StorageTable(machine, options.storageRoot);
  }

  get containers(): readonly Container[] {
    return [...this.#containers.values()];
  }

  /** Pid of the first container's first process, while it runs. */
  get founderPid(): number | undefined {
    return this.#founder?.init.pid;
  }

  /** A container was made; the first one counts. */
  founded(container: Container): void {
    this.#founder ??= container;
  }

  /** Mounts that live as long as the sandbox. */
  keepMounted(mountPoints: readonly string[]): void {
    this.#mountPoints = [...this.#mountPoints, ...mountPoints];
  }

  /** The container of that id. Throws AgentError `not-found`. */
  container(id: string): Container {
    const container = this.#containers.get(id);
    if (container === undefined) {
      throw new AgentError('not-found', `there is no container ${JSON.stringify(id)}`, {
        facts: { containerId: id },
      });
    }
    return container;
  }

  /** Takes the id; the container is to be created next, or forgotten. Throws AgentError. */
  newContainer(id: string, execId: string, terminal: boolean): Container {
    if (this.#destroyed) throw new AgentError('failed-precondition', 'the sandbox is being destroyed');
    if (!idPattern.test(id)) {
      throw new AgentError(
        'invalid-argument',
        `container id ${JSON.stringify(id)} is not made of letters, digits, "_", "." and "-"`,
      );
    }
    if (this.#containers.has(id)) {
      throw new AgentError('already-exists', `there is a container ${id} already`, {
        facts: { containerId: id },
      });
    }
    mkdirSync(this.#runDir, { recursive: true });
    const container = new Container(this.machine, {
      id,
      execId: execId === '' ? id : execId,
      dir: `${this.#runDir}/${id}`,
      terminal,
    });
    container.onOom = () => this.oomEvents.push(id);
    this.#containers.set(id, container);
    return container;
  }

  /** The container is gone, or never came to be: releases what was mounted for it. */
  forget(container: Container): void {
    this.#containers.delete(container.id);
    // With a sandbox's own container its machine goes; one that was removed before was no sandbox's (a template's).
    if (this.#founder === container) this.#founder = undefined;
    this.storages.release(container.mountPoints);
    for (const path of container.sharedPaths) {
      unmountBelow(this.machine, path);
      removeCopy(path);
    }
  }

  /** Kills everything; what is mounted is left to the end of the machine, but for disks, which the host keeps. */
  destroy(): void {
    this.#destroyed = true;
    for (const container of this.#containers.values()) {
      try {
        if (container.state === 'created' || container.state === 'running') container.signalAll(9);
      } catch {
        // The end of the machine ends it too.
      }
    }
    this.oomEvents.end();
    this.storages.unmountDisks();
    this.machine.sync();
  }
}

/** statfs(2) */
const TMPFS_MAGIC = 0x0102_1994;

/** Where nothing is shared, what the host copied for a container takes memory of the guest. */
function removeCopy(path: string): void {
  try {
    if (statfsSync(path).type === TMPFS_MAGIC) rmSync(path, { recursive: true, force: true });
  } catch {
    // Nothing was copied, or it goes with the machine.
  }
}
