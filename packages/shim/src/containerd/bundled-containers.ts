import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { admit } from '@hako/admission';
import { formatProblem } from '@hako/errors';
import type { Translation } from '@hako/oci-translate';
import {
  type Host,
  hostCgroupPath,
  Journal,
  recordAdmitted,
  removeState,
  Sandbox,
  type SandboxError,
  type SandboxOptions,
  type SpareMachine,
  type StateStore,
  sandboxError,
  Timings,
} from '@hako/sandbox';
import type { CreateTaskRequest } from '@hako/task-protocol';
import type { ContainerSource, PreparedContainer } from '../container-source.ts';
import { StandIn } from '../stand-in.ts';
import { startStandIn } from '../start-stand-in.ts';
import { pauseRootfs, runPauseProgram } from './pause-program.ts';
import { rootfsDisk } from './rootfs-disk.ts';
import { mountRootfs } from './rootfs-mounts.ts';
import { configurationOf } from './runtime-options.ts';

/** What bundles become containers with. */
export interface BundledContainersOptions {
  readonly sandboxId: string;
  readonly store: StateStore;
  readonly host: Host;
  /** What the sandbox is made with, besides what the first container's bundle says. */
  readonly sandbox: Pick<
    SandboxOptions,
    'hypervisor' | 'makeTemplate' | 'log' | 'onNotice' | 'onOutOfMemory'
  >;
  readonly warn: (message: string) => void;
  /** A machine that is ready; the sandbox's if it is what the bundle asks for. */
  readonly spare?: SpareMachine | undefined;
}

/**
 * Containers that containerd describes by a bundle: its root file system is mounted, config.json is translated, as `hako
 * create` does it, and a stand-in started, here in the shim. The first one makes the sandbox.
 */
export class BundledContainers implements ContainerSource {
  readonly #options: BundledContainersOptions;
  /** Where the root file system of a container was mounted. */
  readonly #mounted = new Map<string, string>();
  #sandbox: Sandbox | undefined;
  #spare: SpareMachine | undefined;

  constructor(options: BundledContainersOptions) {
    this.#options = options;
    this.#spare = options.spare;
  }

  get sandbox(): Sandbox | undefined {
    return this.#sandbox;
  }

  async prepare(request: CreateTaskRequest): Promise<PreparedContainer> {
    const { sandboxId, store, host } = this.#options;
    const { id, bundle } = request;
    const choice = configurationOf(request.options);
    // That of the sandbox's own container was taken when this shim was started.
    if (id !== sandboxId) store.reserve(id);
    const journal = new Journal(store.sandbox(sandboxId).journal, (pid) => host.processStartTime(pid));
    const target = join(bundle, 'rootfs');
    this.#mounted.set(id, target);
    try {
      const timings = new Timings();
      let translation = await admit({ id, bundle, choice, timings });
      const standsInForPause =
        translation.container.type === 'pod_sandbox' && !translation.sandbox.runtime.usePauseImage;
      const rootfs = standsInForPause ? pauseRootfs : request.rootfs;
      const disk = rootfsDisk(rootfs, translation.sandbox.hypervisor);
      if (disk === undefined) await mountRootfs(rootfs, target, host, journal);
      if (standsInForPause) {
        translation = { ...translation, container: runPauseProgram(translation.container, target) };
      }
      if (translation.container.sandboxId !== sandboxId) throw notOurs(translation, sandboxId);
      for (const problem of translation.warnings) this.#options.warn(formatProblem(problem));
      recordAdmitted(store, translation);
      const sandbox = id === sandboxId ? await this.#makeSandbox(translation, timings) : this.#existing();
      const standIn = await this.#startStandIn(translation);
      writeFileSync(join(bundle, 'init.pid'), String(standIn.pid));
      return {
        sandbox,
        config: translation.container,
        pid: standIn.pid,
        standIn,
        rootfsDisk: disk,
        abandon: () => this.#abandon(id),
      };
    } catch (error) {
      await this.#abandon(id);
      throw error;
    }
  }

  /** Ends the machine, whosever it is. */
  async end(): Promise<void> {
    await this.discardSpare();
    await this.#sandbox?.destroy();
  }

  /** Ends a machine that no sandbox has got. Idempotent. */
  async discardSpare(): Promise<void> {
    await this.#spare?.discard();
    this.#spare = undefined;
  }

  async removed(id: string): Promise<void> {
    const target = this.#mounted.get(id);
    this.#mounted.delete(id);
    if (target !== undefined) this.#options.host.unmountAll(target);
  }

  async #makeSandbox({ sandbox: config, container }: Translation, timings: Timings): Promise<Sandbox> {
    const spare = this.#spare;
    this.#spare = undefined;
    const { store, host, sandbox: options } = this.#options;
    const cgroupsPath = container.spec.linux?.cgroupsPath;
    this.#sandbox = new Sandbox({
      config,
      store,
      host,
      timings,
      ready: await spare?.adopt(config, store.sandbox(config.id)),
      hostCgroup: hostCgroupPath(cgroupsPath, config.id, { systemd: isSystemdPath(cgroupsPath) }),
      ...options,
    });
    return this.#sandbox;
  }

  #existing(): Sandbox {
    const { sandboxId: id } = this.#options;
    if (this.#sandbox === undefined) throw sandboxError('not-found', `sandbox does not exist: ${id}`, { id });
    return this.#sandbox;
  }

  async #startStandIn({ container }: Translation): Promise<StandIn> {
    const { pid, letGo } = await startStandIn(container.id, { streams: 'none', container });
    try {
      return new StandIn({ pid });
    } finally {
      letGo();
    }
  }

  /** The shim goes on: containerd asks it to shut down, and cleans up with `delete`. */
  async #abandon(id: string): Promise<void> {
    try {
      const { sandboxId, store, host, warn } = this.#options;
      if (id === sandboxId) {
        await this.#sandbox?.destroy();
        this.#sandbox = undefined;
      } else {
        for (const failure of await removeState(store, host, id)) warn(failure);
      }
      await this.removed(id);
    } catch (error) {
      this.#options.warn((error as Error).message);
    }
  }
}

/** containerd groups containers by a label of its own, too, which says nothing to the translation. */
function notOurs({ container }: Translation, sandboxId: string): SandboxError {
  return sandboxError(
    'unsupported',
    `container ${container.id} is handed to the shim of sandbox ${sandboxId}, but its annotations make it one of ${container.sandboxId}`,
    { id: container.id },
  );
}

/** SLICE:PREFIX:NAME, which containerd's CRI writes where it uses systemd's cgroups; there is no flag that says so. */
function isSystemdPath(cgroupsPath: string | undefined): boolean {
  return cgroupsPath !== undefined && /^[^/:]*:[^/:]*:[^/:]+$/.test(cgroupsPath);
}
