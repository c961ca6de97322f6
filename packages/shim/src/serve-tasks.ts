import { createServer } from 'node:net';
import { TaskServiceV2, TaskServiceV3 } from '@hako/task-protocol';
import { TtrpcServer } from '@hako/ttrpc';
import { GuestService } from './guest-service.ts';
import { listenPrivately } from './listen-privately.ts';
import { SandboxService, sandboxMethods } from './sandbox-service.ts';
import { type CallWatcher, guestMethods, taskMethods } from './task-methods.ts';
import type { TaskService } from './task-service.ts';

/** A socket on which a task service is served. */
export interface ServedTasks {
  /** No connections from now on. */
  stopListening(): void;
  /** Ends connections once what is being served has been answered. */
  finish(): Promise<void>;
}

/**
 * Serves a task service, under the names of both versions, and what hako adds to it, on a new Unix socket that only root
 * may connect to.
 *
 * @param socketPath at most 107 bytes; relative to the working directory where the whole would be longer
 */
export async function serveTasks(
  service: TaskService,
  socketPath: string,
  watcher: CallWatcher,
): Promise<ServedTasks> {
  const methods = taskMethods(service, watcher);
  // The same service under both names: a caller speaks one or the other.
  const rpc = new TtrpcServer()
    .register(TaskServiceV2, methods)
    .register(TaskServiceV3, methods)
    .register(GuestService, guestMethods(service, watcher))
    .register(SandboxService, sandboxMethods(service, watcher));
  const server = createServer((socket) => rpc.serve(socket));
  await listenPrivately(server, socketPath);
  return { stopListening: () => server.close(), finish: () => rpc.shutdown() };
}
