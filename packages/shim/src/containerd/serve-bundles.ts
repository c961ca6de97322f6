import { symlinkSync, writeFileSync } from 'node:fs';
import { QemuHypervisor } from '@hako/hypervisor-qemu';
import { posixHost, removeState, runDuePoststop, StateStore } from '@hako/sandbox';
import { Control } from '../control.ts';
import { leaveLastWords } from '../last-words.ts';
import type { ReadyShim } from '../machine-cache/serve-spare.ts';
import { hostMetricsVersion } from '../metrics-v1.ts';
import { QuietMemory } from '../quiet-memory.ts';
import { serveTasks } from '../serve-tasks.ts';
import { TaskEvents } from '../task-events.ts';
import { TaskService } from '../task-service.ts';
import { startTemplateMaker } from '../template-maker.ts';
import { BundledContainers } from './bundled-containers.ts';
import { openClientIo } from './client-io.ts';
import { openContainerdLog } from './containerd-log.ts';
import { publisherTo } from './event-publisher.ts';
import { removeIfThere } from './socket-place.ts';
import { containerdStateRoot } from './state-root.ts';

/** Arguments of the shim process of a sandbox that containerd asks for. */
export interface ServeBundlesOptions {
  readonly namespace: string;
  readonly sandboxId: string;
  /** Socket of the task API. */
  readonly socket: string;
  /** containerd's socket for events; empty: there are none. */
  readonly ttrpcAddress: string;
  /** FIFO that containerd reads the shim's log from. */
  readonly logFifo: string;
  readonly debug: boolean;
  /** What this process had ready before it became a shim. */
  readonly ready?: ReadyShim | undefined;
}

/** How long the last events may take to reach containerd, once it has been answered. */
const LAST_EVENTS_MS = 2000;

/** The shim process that containerd talks to: serves the task API of one sandbox until Shutdown. */
export async function serveBundles(options: ServeBundlesOptions): Promise<void> {
  const { namespace, sandboxId, socket, ttrpcAddress } = options;
  const store = new StateStore(containerdStateRoot(namespace));
  const host = posixHost();
  const paths = store.sandbox(sandboxId);
  const control = new Control(options.ready?.control);
  const log = openContainerdLog(options.logFifo, options.debug);
  const publisher =
    ttrpcAddress === ''
      ? undefined
      : publisherTo(ttrpcAddress, namespace, (message) => log('warning', message));
  const memory = new QuietMemory();
  const events = new TaskEvents((type, message) => {
    memory.touch();
    publisher?.publish(type, message);
  });
  const containers = new BundledContainers({
    sandboxId,
    store,
    host,
    spare: options.ready?.spare,
    sandbox: {
      hypervisor: new QemuHypervisor(),
      makeTemplate: startTemplateMaker,
      onNotice: (message) => log('notice', message),
      log: (message, level = 'info') => log(level, message),
      onOutOfMemory: (id) => events.outOfMemory(id),
    },
    warn: (message) => log('warning', message),
  });
  const end = async (status: number): Promise<void> => {
    await containers.discardSpare();
    served.stopListening();
    for (const warning of await removeState(store, host, sandboxId)) log('warning', warning);
    removeIfThere(socket);
    void served
      .finish()
      .then(() => publisher?.close(LAST_EVENTS_MS))
      .finally(() => process.exit(status));
  };
  const service = new TaskService({
    containers,
    events,
    metricsVersion: hostMetricsVersion(),
    openIo: (places, id, execId) => openClientIo(places, { namespace, id: execId === '' ? id : execId }),
    onStarted: () => {
      const phases = containers.sandbox?.timings.phases ?? [];
      writeFileSync(paths.timings, JSON.stringify({ phases }));
    },
    // The sandbox's own folder is where this shim lives.
    onRemoved: async (id) => {
      const failures = await (id === sandboxId ? runDuePoststop(store, id) : removeState(store, host, id));
      for (const failure of failures) log('warning', failure);
    },
    onShutdown: () => end(0),
  });
  control.onAbandoned(() => end(1));
  leaveLastWords(log, () => containers.end());
  const served = await serveTasks(service, socket, {
    active: () => memory.touch(),
    held: () => memory.hold(),
    refused: (message) => log('error', message),
  });
  // So that `hako --root` finds the containers, too.
  symlinkSync(socket, paths.socket);
  control.say({ type: 'ready' });
}
