import type { ContainerConfig } from '@hako/oci-translate';
import type { RootfsDisk } from './disks/plan-disks.ts';
import type { ProcessIo } from './guest-process.ts';

/** A container to make, with the caller's streams. */
export interface CreateContainerOptions {
  readonly config: ContainerConfig;
  readonly io: ProcessIo;
  /** Host process that stands for the container. */
  readonly pid: number;
  /** It only stands for it, and belongs into the sandbox's cgroup. */
  readonly isStandIn?: boolean;
  /** The root file system is on this disk, which the guest mounts. Default: it is shared from `config.rootfs.path`. */
  readonly rootfsDisk?: RootfsDisk;
}
