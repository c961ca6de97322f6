import { type StartedServer, type StartServerOptions, startServer } from './start-server.ts';
import { connectTask, type TaskConnection } from './task-connection.ts';

/** Which sandbox a new shim is for. */
export interface LaunchShimOptions extends Omit<StartServerOptions, 'args'> {
  readonly debug: boolean;
  /** The host's cgroup for all processes of the sandbox; see SandboxOptions. */
  readonly hostCgroup?: string | undefined;
  /** Have the guest's boot measured; see SandboxOptions. */
  readonly measureGuest?: boolean;
}

/** A shim that serves. Until `keep` is called it ends, and cleans up, when this process does. */
export interface LaunchedShim extends TaskConnection, Pick<StartedServer, 'keep'> {}

/**
 * Starts the shim of a sandbox whose configuration is stored, and connects to it.
 *
 * @throws ShimError `shim-start-failed` with the log's end
 */
export async function launchShim(options: LaunchShimOptions): Promise<LaunchedShim> {
  const { store, sandboxId } = options;
  const args = [
    'shim',
    '--root',
    store.root,
    '--id',
    sandboxId,
    ...(options.debug ? ['--debug'] : []),
    ...(options.hostCgroup === undefined ? [] : ['--cgroup', options.hostCgroup]),
    ...(options.measureGuest === true ? ['--measure-guest'] : []),
  ];
  const server = await startServer({ ...options, args });
  try {
    const connection = await connectTask(store.sandbox(sandboxId).socket);
    return { ...connection, keep: server.keep };
  } catch (error) {
    server.abandon();
    throw error;
  }
}
