import { statSync } from 'node:fs';
import { type ContainerState, OCI_VERSION, type StateReader } from '@hako/sandbox/stored';

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

/** The specification's form of a container's state. */
export function ociState(store: StateReader, live: ContainerState): OciState {
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

/** As `state` prints it. */
export function stateText(state: OciState): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}
