import { connectUnix, fromNodeError, withShortSocketPath } from '@hako/posix';
import { TaskServiceV2 } from '@hako/task-protocol';
import { type ServiceClient, TtrpcClient } from '@hako/ttrpc';
import { connectBunChannel } from './bun-socket-channel.ts';
import { GuestService } from './guest-service.ts';

/** A connection to a shim's task API. */
export interface TaskConnection {
  readonly task: ServiceClient<typeof TaskServiceV2>;
  /** What hako adds to the task API. */
  readonly guest: ServiceClient<GuestService>;
  /** A client of another service of the shim. */
  readonly service: TtrpcClient['service'];
  /** Fulfilled when the connection has ended, by either side. */
  readonly closed: Promise<unknown>;
  readonly close: () => void;
}

/** Connects to a shim's socket. Rejects with PosixError when nobody serves there. */
export async function connectTask(socketPath: string): Promise<TaskConnection> {
  const client = new TtrpcClient(await connectChannel(socketPath), { peer: 'the shim of the sandbox' });
  return {
    task: client.service(TaskServiceV2),
    guest: client.service(GuestService),
    service: client.service.bind(client),
    closed: client.closed,
    close: () => client.close(),
  };
}

type Transport = ConstructorParameters<typeof TtrpcClient>[0];

/** An executable goes without node:net (see connectBunChannel), a library on Node with it. */
async function connectChannel(path: string): Promise<Transport> {
  if (!('Bun' in globalThis)) return connectUnix(path);
  try {
    return await withShortSocketPath(path, 'connect', connectBunChannel);
  } catch (error) {
    throw fromNodeError(error, path);
  }
}
