import { type Sandbox, type StateStore, sandboxError } from '@hako/sandbox';
import type { CreateTaskRequest } from '@hako/task-protocol';
import type { ContainerSource, PreparedContainer } from './container-source.ts';
import { StandIn } from './stand-in.ts';
import { readStandIn } from './stand-in-option.ts';

/** Containers that `hako` has translated and stored before it asks for them, and whose stand-in it has started. */
export class StoredContainers implements ContainerSource {
  readonly sandbox: Sandbox;
  readonly #store: StateStore;

  constructor(sandbox: Sandbox, store: StateStore) {
    this.sandbox = sandbox;
    this.#store = store;
  }

  async prepare({ id, rootfs, options }: CreateTaskRequest): Promise<PreparedContainer> {
    if (rootfs.length > 0) {
      throw sandboxError('unsupported', 'hako mounts root file systems only for containerd', { id });
    }
    const config = this.#store.readContainerConfig(id);
    const { isStandIn, ...place } = readStandIn(options) ?? { pid: process.pid, isStandIn: false };
    return {
      sandbox: this.sandbox,
      config,
      pid: place.pid,
      standIn: isStandIn || place.fds !== undefined ? new StandIn(place) : undefined,
      isCaller: !isStandIn,
      abandon: async () => {},
    };
  }

  async removed(): Promise<void> {}
}
