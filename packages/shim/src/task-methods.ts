import type { TaskServiceV2 } from '@hako/task-protocol';
import type { CallContext, ServiceHandlers } from '@hako/ttrpc';
import type { GuestService } from './guest-service.ts';
import { toTaskError } from './task-errors.ts';
import { type TaskService, unsupported } from './task-service.ts';

/** The task service's methods as ttRPC handlers; calls that this version cannot do say so. */
export function taskMethods(
  service: TaskService,
  watcher: CallWatcher = {},
): ServiceHandlers<typeof TaskServiceV2> {
  const answer = answering(watcher);
  return {
    state: answer((request) => service.state(request)),
    create: answer((request) => holding(watcher, () => service.create(request))),
    start: answer((request) => service.start(request)),
    delete: answer((request) => service.delete(request)),
    pids: answer((request) => service.pids(request)),
    kill: answer((request) => service.kill(request)),
    exec: answer((request) => service.exec(request)),
    closeIO: answer((request) => service.closeIo(request)),
    wait: answer((request) => service.wait(request)),
    connect: answer((request) => service.connect(request)),
    shutdown: answer((request) => service.shutdown(request)),
    pause: answer((request) => service.pause(request)),
    resume: answer((request) => service.resume(request)),
    update: answer((request) => service.update(request)),
    stats: answer((request) => service.stats(request)),
    checkpoint: unavailable('checkpointing a container'),
    resizePty: answer((request) => service.resizePty(request)),
  };
}

/** What hako adds to the task API, as ttRPC handlers. */
export function guestMethods(service: TaskService, watcher: CallWatcher = {}): ServiceHandlers<GuestService> {
  const answer = answering(watcher);
  return {
    processes: answer((request) => service.processes(request)),
    metrics: answer((request) => service.metrics(request)),
  };
}

/** What is told of calls. */
export interface CallWatcher {
  /** A call came, was answered or refused. */
  readonly active?: () => void;
  /** A call has begun that waits for a machine; the answer is called when it is over. */
  readonly held?: () => () => void;
  /** A call is refused. */
  readonly refused?: (message: string) => void;
}

async function holding<Response>({ held }: CallWatcher, call: () => Promise<Response>): Promise<Response> {
  const release = held?.();
  try {
    return await call();
  } finally {
    release?.();
  }
}

/** Makes handlers whose failures are told and become statuses. */
export function answering({ active, refused }: CallWatcher) {
  return <Request, Response>(handler: (request: Request) => Promise<Response>) =>
    async (request: Request, { method }: CallContext): Promise<Response> => {
      active?.();
      try {
        return await handler(request);
      } catch (error) {
        const refusal = toTaskError(error);
        refused?.(`${method}: ${refusal.code}: ${refusal.message}`);
        throw refusal;
      } finally {
        active?.();
      }
    };
}

function unavailable(what: string): () => never {
  return () => {
    throw toTaskError(unsupported(what));
  };
}
