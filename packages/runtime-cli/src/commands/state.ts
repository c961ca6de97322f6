import { statSync } from 'node:fs';
import { type ContainerState, liveState, OCI_VERSION, type StateStore } from '@hako/sandbox/state';
import type { Context } from '../context.ts';
import { print } from '../output.ts';

/** State of the OCI runtime specification, with the members that runc adds. */
export interface OciState {
  readonly ociVersion: string;
  readonly id: string;
  readonly pid: number;
  readonly status: string;
  readonly bundle: string;
  readonly rootfs: string;
  readonly created: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner: string;
}

/** Prints the state of a container; starts nothing and asks nobody. */
export async function state({ store, host }: Context, id: string): Promise<number> {
  print(`${JSON.stringify(ociState(store, liveState(store, host, id)), null, 2)}\n`);
  return 0;
}

/** The specification's form of a container's state. */
export function ociState(store: StateStore, live: ContainerState): OciState {
  const { bundlePath, rootfs, spec } = store.readContainerConfig(live.id);
  return {
    ociVersion: OCI_VERSION,
    id: live.id,
    pid: live.status === 'stopped' ? 0 : live.pid,
    status: live.status,
    bundle: bundlePath,
    rootfs: rootfs.path,
    created: live.createdAt,
    ...(spec.annotations === undefined ? {} : { annotations: spec.annotations }),
    owner: String(statSync(store.container(live.id).directory).uid),
  };
}
