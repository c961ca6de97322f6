import { chmodSync, createReadStream, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import { posixHost, removeState, runDuePoststop, Sandbox, StateStore } from '@hako/sandbox';
import { TaskServiceV2, TaskServiceV3 } from '@hako/task-protocol';
import { TtrpcServer } from '@hako/ttrpc';
import { GuestService } from './guest-service.ts';
import { CONTROL_FD, type ShimMessage } from './launch-shim.ts';
import { log } from './shim-log.ts';
import { guestMethods, taskMethods } from './task-methods.ts';
import { TaskService } from './task-service.ts';

/** Arguments of the shim process. */
export interface ServeShimOptions {
  readonly root: string;
  readonly sandboxId: string;
  readonly debug: boolean;
  readonly measureGuest: boolean;
  /** The host's cgroup for all processes of the sandbox; see SandboxOptions. */
  readonly hostCgroup?: string | undefined;
}

/**
 * The shim process: serves the task API of one sandbox on its socket until Shutdown. It talks to its launcher on
 * fd 3 (see ShimMessage) and, if the launcher goes away before it said `keep`, undoes everything and ends.
 */
export async function serveShim({
  root,
  sandboxId,
  measureGuest,
  hostCgroup,
}: ServeShimOptions): Promise<void> {
  const store = new StateStore(root);
  const host = posixHost();
  const paths = store.sandbox(sandboxId);
  const control = new Control();
  const sandbox = new Sandbox({
    config: store.readSandboxConfig(sandboxId),
    store,
    host,
    measureGuest,
    ...(hostCgroup === undefined ? {} : { hostCgroup }),
    hypervisor: new QemuHypervisor(),
    onNotice: (message) => {
      log('notice', message);
      control.say({ type: 'notice', message });
    },
    log: (message) => log('info', message),
  });

  const server = createServer();
  const removeAll = async (): Promise<void> => {
    server.close();
    logWarnings(await removeState(store, host, sandboxId));
  };
  const service = new TaskService({
    sandbox,
    readContainerConfig: (id) => store.readContainerConfig(id),
    onStarted: () => {
      try {
        writeFileSync(paths.timings, JSON.stringify({ phases: sandbox.timings.phases }));
      } catch (error) {
        // The container runs all the same.
        log('warning', `the timings cannot be written: ${(error as Error).message}`);
      }
    },
    // The sandbox's own folder is where this shim lives.
    onRemoved: async (id) =>
      logWarnings(await (id === sandboxId ? runDuePoststop(store, id) : removeState(store, host, id))),
    onShutdown: async () => {
      await removeAll();
      void rpc.shutdown().then(() => process.exit(0));
    },
  });
  control.onAbandoned(async () => {
    await sandbox.destroy();
    await removeAll();
    process.exit(0);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void sandbox.destroy().finally(() => process.exit(1)));
  }

  const methods = taskMethods(service, (message) => log('error', message));
  // The same service under both names: a caller speaks one or the other.
  const rpc = new TtrpcServer()
    .register(TaskServiceV2, methods)
    .register(TaskServiceV3, methods)
    .register(
      GuestService,
      guestMethods(service, (message) => log('error', message)),
    );
  server.on('connection', (socket) => rpc.serve(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(basename(paths.socket), resolve);
  });
  chmodSync(paths.socket, 0o600);
  control.say({ type: 'ready' });
}

function logWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) log('warning', warning);
}

/**
 * Our end of the control stream. Read by file calls: Bun has no net.Socket on an inherited descriptor, and the
 * stream lives only while the container is being created.
 */
class Control {
  #kept = false;
  #abandoned: () => void = () => {};

  constructor() {
    const stream = createReadStream('', { fd: CONTROL_FD, autoClose: true });
    stream.on('data', () => {
      this.#kept = true;
    });
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      if (!this.#kept) this.#abandoned();
    });
  }

  say(message: ShimMessage): void {
    if (this.#kept) return;
    try {
      writeSync(CONTROL_FD, `${JSON.stringify(message)}\n`);
    } catch {
      // The launcher is gone; `abandoned` is on its way.
    }
  }

  onAbandoned(action: () => Promise<void>): void {
    this.#abandoned = () => void action();
  }
}
