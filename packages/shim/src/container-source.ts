import type { ContainerConfig } from '@hako/oci-translate';
import type { RootfsDisk, Sandbox } from '@hako/sandbox';
import type { CreateTaskRequest } from '@hako/task-protocol';
import type { StandIn } from './stand-in.ts';

/** A container that may be made now. */
export interface PreparedContainer {
  readonly sandbox: Sandbox;
  readonly config: ContainerConfig;
  /** Host process that stands for it, and the same as one that waits to be told of its end; absent: the caller does. */
  readonly pid: number;
  readonly standIn?: StandIn | undefined;
  /** That process is the caller's own: it is not put among the container's. */
  readonly isCaller?: boolean;
  /** Where its root file system is, when that is a disk of its own. */
  readonly rootfsDisk?: RootfsDisk | undefined;
  /** Undoes the preparation, where no container came about; the stand-in is the caller's. Never rejects. */
  readonly abandon: () => Promise<void>;
}

/**
 * Where the containers of a shim come from: `hako` has translated and stored them before it asks (StoredContainers),
 * containerd hands over bundles (BundledContainers).
 */
export interface ContainerSource {
  /** The sandbox; undefined until there is one. */
  readonly sandbox: Sandbox | undefined;
  /** Everything that comes before a container is made. What it made itself it undoes itself where it fails. */
  prepare(request: CreateTaskRequest): Promise<PreparedContainer>;
  /** Follows the removal of a container from the sandbox. */
  removed(id: string): Promise<void>;
}
