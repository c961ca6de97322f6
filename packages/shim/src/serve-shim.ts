import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import { posixHost, removeState, runDuePoststop, Sandbox, StateStore } from '@hako/sandbox';
import { Control } from './control.ts';
import { leaveLastWords } from './last-words.ts';
import type { ReadyShim } from './machine-cache/serve-spare.ts';
import { QuietMemory } from './quiet-memory.ts';
import { serveTasks } from './serve-tasks.ts';
import { log } from './shim-log.ts';
import { StoredContainers } from './stored-containers.ts';
import { TaskEvents } from './task-events.ts';
import { TaskService } from './task-service.ts';
import { startTemplateMaker } from './template-maker.ts';

/** Arguments of the shim process. */
export interface ServeShimOptions {
  readonly root: string;
  readonly sandboxId: string;
  readonly debug: boolean;
  readonly measureGuest: boolean;
  /** The host's cgroup for all processes of the sandbox; see SandboxOptions. */
  readonly hostCgroup?: string | undefined;
  /** What this process had ready before it became a shim. */
  readonly ready?: ReadyShim | undefined;
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
  ready,
}: ServeShimOptions): Promise<void> {
  const store = new StateStore(root);
  const host = posixHost();
  const paths = store.sandbox(sandboxId);
  const control = new Control(ready?.control);
  const config = store.readSandboxConfig(sandboxId);
  const sandbox = new Sandbox({
    config,
    ready: await ready?.spare.adopt(config, paths),
    store,
    host,
    measureGuest,
    ...(hostCgroup === undefined ? {} : { hostCgroup }),
    hypervisor: new QemuHypervisor(),
    makeTemplate: startTemplateMaker,
    onNotice: (message) => {
      log('notice', message);
      control.say({ type: 'notice', message });
    },
    log: (message, level = 'info') => log(level, message),
  });

  const removeAll = async (): Promise<void> => {
    served.stopListening();
    logWarnings(await removeState(store, host, sandboxId));
  };
  const memory = new QuietMemory();
  const service = new TaskService({
    events: new TaskEvents(() => memory.touch()),
    containers: new StoredContainers(sandbox, store),
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
      void served.finish().then(() => process.exit(0));
    },
  });
  control.onAbandoned(async () => {
    await sandbox.destroy();
    await removeAll();
    process.exit(0);
  });
  leaveLastWords(log, () => sandbox.destroy());
  const served = await serveTasks(service, basename(paths.socket), {
    active: () => memory.touch(),
    held: () => memory.hold(),
    refused: (message) => log('error', message),
  });
  control.say({ type: 'ready' });
}

function logWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) log('warning', warning);
}
