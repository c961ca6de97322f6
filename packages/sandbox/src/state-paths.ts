import { join } from 'node:path';

/** Default state root, as in `--root`. */
export const DEFAULT_STATE_ROOT = '/run/hako';

/** Files of one container; they stand in `<root>/<container id>/`. */
export interface ContainerPaths {
  readonly directory: string;
  /** ContainerConfig as translated. */
  readonly config: string;
  /** ContainerState, rewritten at each change. */
  readonly state: string;
  /** There while the container's poststop hooks are to be run. */
  readonly poststopDue: string;
}

/** Files of one sandbox; they stand in `<root>/<sandbox id>/`, beside those of its first container. */
export interface SandboxPaths {
  readonly directory: string;
  /** SandboxConfig as translated. */
  readonly config: string;
  /** pid and start time of the shim. */
  readonly shim: string;
  readonly journal: string;
  readonly shimLog: string;
  readonly timings: string;
  /** What guest and VMM print (see VmConfig.logDir); kept until the sandbox is deleted. */
  readonly logs: string;
  /** Runtime directory of the VM: sockets. */
  readonly vm: string;
  /** Root of what the guest may see of the host: a read-only view of `shareFolders`, with what is shared mounted on it. */
  readonly share: string;
  /** The folders of the share. Only the host ever writes here, so that it can trust the names it finds. */
  readonly shareFolders: string;
  /** Socket of the task API. */
  readonly socket: string;
}

/** Where a container's files are. The id must have passed `checkContainerId`. */
export function containerPaths(root: string, id: string): ContainerPaths {
  const directory = join(root, id);
  return {
    directory,
    config: join(directory, 'container.json'),
    state: join(directory, 'state.json'),
    poststopDue: join(directory, 'poststop-due'),
  };
}

/** Where a sandbox's files are. The id must have passed `checkContainerId`. */
export function sandboxPaths(root: string, id: string): SandboxPaths {
  const directory = join(root, id);
  return {
    directory,
    config: join(directory, 'sandbox.json'),
    shim: join(directory, 'shim.json'),
    journal: join(directory, 'journal.jsonl'),
    shimLog: join(directory, 'shim.log'),
    timings: join(directory, 'timings.json'),
    logs: join(directory, 'logs'),
    vm: join(directory, 'vm'),
    share: join(directory, 'share'),
    shareFolders: join(directory, 'share-folders'),
    socket: join(directory, 'shim.sock'),
  };
}
