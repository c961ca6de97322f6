import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readAtMost } from '@hako/admission';
import { posixHost, removeByForce, StateStore, sandboxError, shimIsAlive } from '@hako/sandbox/state';
import { ShimError } from '../shim-error.ts';
import { startServer } from '../start-server.ts';
import { connectTask } from '../task-connection.ts';
import { bootstrapAnswer, readBootstrap } from './bootstrap.ts';
import { bundleMachineCache } from './bundle-machine-cache.ts';
import { configurationOf } from './runtime-options.ts';
import { sandboxOf } from './sandbox-of.ts';
import type { ShimArguments } from './shim-arguments.ts';
import { removeIfThere, socketPlace } from './socket-place.ts';
import { containerdStateRoot } from './state-root.ts';

/** Far more than runtime options are. */
const MAX_BOOTSTRAP_BYTES = 4 * 1024 * 1024;

/** First word of the command line of the process that serves; this program dispatches on it. */
const SERVER_ROLE = 'containerd-shim';

/**
 * `start`: makes sure that the shim of the container's sandbox serves, and answers where. A container that belongs to a
 * sandbox gets that one's shim; any other gets one of its own.
 *
 * @returns what goes to stdout
 * @throws SandboxError, ShimError, AdmissionError
 */
export async function startAction(
  args: ShimArguments,
  environment: NodeJS.ProcessEnv,
): Promise<string | Uint8Array> {
  const { namespace, id, bundle } = args;
  const bootstrap = readBootstrap(readAtMost('-', MAX_BOOTSTRAP_BYTES), args, environment);
  // Refused at once, rather than when the container is to be made.
  const choice = configurationOf(bootstrap.options);
  const sandboxId = sandboxOf(bundle, id);
  const socket = socketPlace(args, sandboxId, bootstrap.socketDir);
  if (sandboxId !== id && (await serves(socket))) return answer();
  if (sandboxId !== id) {
    throw new ShimError(
      'shim-gone',
      `the shim of sandbox ${sandboxId}, which ${id} belongs to, does not answer`,
      {
        facts: {},
      },
    );
  }
  const store = new StateStore(containerdStateRoot(namespace));
  const host = posixHost();
  await takeId(store, host, id);
  try {
    mkdirSync(dirname(socket), { recursive: true, mode: 0o711 });
    removeIfThere(socket);
    const server = await startServer({
      store,
      host,
      sandboxId,
      args: [
        SERVER_ROLE,
        ...['--namespace', namespace, '--id', id, '--socket', socket],
        ...['--ttrpc-address', bootstrap.ttrpcAddress, '--log', join(bundle, 'log')],
        ...(bootstrap.debug ? ['--debug'] : []),
      ],
      machineCache: await bundleMachineCache({ id, bundle, choice }),
    });
    server.keep();
  } catch (error) {
    await removeByForce(store, host, { sandboxId: id, id });
    throw error;
  }
  return answer();

  function answer(): string | Uint8Array {
    const address = `unix://${socket}`;
    writeFileSync(join(bundle, 'address'), address);
    return bootstrapAnswer(address, bootstrap.answer, environment);
  }
}

/** What a shim that was killed has left of that id goes; one that lives keeps it. */
async function takeId(store: StateStore, host: ReturnType<typeof posixHost>, id: string): Promise<void> {
  if (store.exists(id)) {
    if (shimIsAlive(store, host, id)) {
      throw sandboxError('id-in-use', `container with given ID already exists: ${id}`, { id });
    }
    await removeByForce(store, host, { sandboxId: id, id });
  }
  store.reserve(id);
}

async function serves(socket: string): Promise<boolean> {
  try {
    (await connectTask(socket)).close();
    return true;
  } catch {
    return false;
  }
}
