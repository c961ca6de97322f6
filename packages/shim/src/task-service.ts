import type { Container, GuestProcess, ProcessExit, ProcessIo } from '@hako/sandbox';
import { type Sandbox, type SandboxError, sandboxError } from '@hako/sandbox';
import type {
  Any,
  CloseIORequest,
  ConnectRequest,
  ConnectResponse,
  CreateTaskRequest,
  CreateTaskResponse,
  DeleteRequest,
  DeleteResponse,
  ExecProcessRequest,
  KillRequest,
  PidsResponse,
  ResizePtyRequest,
  ShutdownRequest,
  StartRequest,
  StartResponse,
  StateRequest,
  StateResponse,
  StatsResponse,
  UpdateTaskRequest,
  WaitRequest,
  WaitResponse,
} from '@hako/task-protocol';
import { packAny, TaskStatus } from '@hako/task-protocol';
import { Metrics as MetricsV1 } from '@hako/task-protocol/cgroups-v1';
import { Metrics } from '@hako/task-protocol/cgroups-v2';
import { containerMetrics } from './container-metrics.ts';
import type { ContainerSource } from './container-source.ts';
import { readExecProcess } from './exec-process.ts';
import { PROCESSES_TYPE } from './guest-service.ts';
import { toMetricsV1 } from './metrics-v1.ts';
import { closeProcessIo, openProcessIo, type StreamPlaces } from './process-io.ts';
import { standFor } from './stand-for.ts';
import { StandIn } from './stand-in.ts';
import type { StandInPlace } from './stand-in-place.ts';
import { exitFields, TaskEvents } from './task-events.ts';
import { readTaskResources } from './task-resources.ts';

/** What shells answer for a command that could not be run. */
const NOT_STARTED_STATUS = 126;

/** What the task service works on. */
export interface TaskServiceOptions {
  readonly containers: ContainerSource;
  /** Opens the streams of a container (`execId` empty) or of a further process. Default: openProcessIo. */
  readonly openIo?: (places: StreamPlaces, id: string, execId: string) => Promise<ProcessIo>;
  /** Of Stats. Default v2, which is the guest's. */
  readonly metricsVersion?: 'v1' | 'v2';
  /** Told what happens. Default: nobody is. */
  readonly events?: TaskEvents;
  /** Called after a container's process was started. */
  readonly onStarted: () => void;
  /** Called after a container was removed from the sandbox: what is to follow its end. */
  readonly onRemoved: (id: string) => Promise<void>;
  /** Removes what is left of the sandbox, and lets the shim end once Shutdown has been answered. */
  readonly onShutdown: () => Promise<void>;
}

/** Streams as the caller named them, given back by State. */
interface TaskRecord extends StreamPlaces {
  readonly bundle: string;
}

/**
 * containerd's task service over one sandbox: every client, containerd or `hako`, comes through here. Answers have
 * the shapes of containerd.task.v2 (v3 is equal message for message); calls of the life cycle that are not legal in
 * the present state reject with a SandboxError `wrong-state`.
 */
export class TaskService {
  readonly #options: TaskServiceOptions;
  readonly #records = new Map<string, TaskRecord>();
  readonly #creating = new Set<string>();
  readonly #events: TaskEvents;
  readonly #openIo: NonNullable<TaskServiceOptions['openIo']>;

  constructor(options: TaskServiceOptions) {
    this.#options = options;
    this.#events = options.events ?? new TaskEvents(() => {});
    this.#openIo = options.openIo ?? (async (places) => openProcessIo(places));
  }

  async create(request: CreateTaskRequest): Promise<Partial<CreateTaskResponse>> {
    const { containers } = this.#options;
    const { id } = request;
    if (request.checkpoint !== '') throw unsupported('restoring a checkpoint');
    // Taken at once: two creates of one id at the same time must not both go on.
    if (containers.sandbox?.containers.has(id) === true || this.#creating.has(id)) {
      throw sandboxError('id-in-use', `container with given ID already exists: ${id}`, { id });
    }
    this.#creating.add(id);
    try {
      const prepared = await containers.prepare(request);
      const { sandbox, config, pid, standIn, rootfsDisk, abandon } = prepared;
      let io: ProcessIo | undefined;
      let container: Container;
      try {
        io = await this.#openIo(request, id, '');
        container = await sandbox.createContainer({
          config,
          io,
          pid,
          isStandIn: standIn !== undefined && prepared.isCaller !== true,
          ...(rootfsDisk === undefined ? {} : { rootfsDisk }),
        });
      } catch (error) {
        if (io !== undefined) closeProcessIo(io);
        standIn?.abandon();
        await abandon();
        throw error;
      }
      if (standIn !== undefined) standFor(standIn, container, '', request);
      this.#records.set(id, recordOf(request, request.bundle));
      this.#events.created(container, request);
      this.#endWithContainer(sandbox, container);
      return { pid: container.pid };
    } finally {
      this.#creating.delete(id);
    }
  }

  async start({ id, execId }: StartRequest): Promise<Partial<StartResponse>> {
    const container = this.#container(id);
    await this.#events.aroundStart(container, execId, async () => {
      if (execId === '') await this.#sandbox.timings.measure('container start', () => container.start());
      else await container.startExec(execId);
    });
    if (execId === '') this.#options.onStarted();
    return { pid: container.pid };
  }

  async exec(request: ExecProcessRequest): Promise<object> {
    const container = this.#container(request.id);
    const { process, standIn: place } = await readExecProcess(request.spec);
    const io = await this.#openIo(request, request.id, request.execId);
    const standIn = place === undefined ? undefined : openStandIn(place, io);
    try {
      container.addExec(request.execId, process, io);
    } catch (error) {
      closeProcessIo(io);
      standIn?.abandon();
      throw error;
    }
    this.#events.execAdded(container, request.execId);
    if (standIn !== undefined) this.#standForExec(standIn, container, request);
    this.#records.set(`${request.id}/${request.execId}`, recordOf(request, ''));
    return {};
  }

  async state({ id, execId }: StateRequest): Promise<Partial<StateResponse>> {
    const container = this.#container(id);
    const record = this.#records.get(execId === '' ? id : `${id}/${execId}`);
    const exit = execId === '' ? container.exit : await settled(container.exec(execId).process);
    const status =
      execId === '' ? STATUS_OF[container.status] : EXEC_STATUS_OF[container.exec(execId).status];
    return {
      id,
      execId,
      bundle: container.config.bundlePath,
      pid: container.pid,
      status,
      stdin: record?.stdin ?? '',
      stdout: record?.stdout ?? '',
      stderr: record?.stderr ?? '',
      terminal: record?.terminal ?? false,
      ...exitFields(exit),
    };
  }

  async wait({ id, execId }: WaitRequest): Promise<Partial<WaitResponse>> {
    const container = this.#container(id);
    if (execId !== '') return exitFields(await container.exec(execId).process.exited);
    return exitFields(await container.stopped);
  }

  async kill({ id, execId, signal, all }: KillRequest): Promise<object> {
    await this.#container(id).kill(signal, execId, all);
    return {};
  }

  async resizePty({ id, execId, width, height }: ResizePtyRequest): Promise<object> {
    await this.#container(id).resize(execId, { rows: height, columns: width });
    return {};
  }

  async closeIo({ id, execId, stdin }: CloseIORequest): Promise<object> {
    if (!stdin) return {};
    const container = this.#container(id);
    const process = execId === '' ? container.init : container.exec(execId).process;
    await process.closeStdin();
    return {};
  }

  async delete({ id, execId }: DeleteRequest): Promise<Partial<DeleteResponse>> {
    const container = this.#container(id);
    if (execId !== '') {
      const exec = container.exec(execId);
      if (exec.status === 'running') {
        throw sandboxError('wrong-state', `cannot delete process ${execId} that is running`, { id, execId });
      }
      // One that never ran has no end of its own: its streams are closed, and its stand-in ends.
      if (exec.status === 'added') exec.process.abandon(NOT_STARTED_STATUS);
      this.#forgetExec(container, execId);
      return { pid: container.pid, ...exitFields(await settled(exec.process)) };
    }
    await this.#sandbox.removeContainer(id);
    this.#records.delete(id);
    await this.#options.onRemoved(id);
    await this.#options.containers.removed(id);
    await this.#events.deleted(container);
    return { pid: container.pid, ...exitFields(container.exit) };
  }

  async pause({ id }: { readonly id: string }): Promise<object> {
    await this.#container(id).pause();
    this.#events.paused(id);
    return {};
  }

  async resume({ id }: { readonly id: string }): Promise<object> {
    await this.#container(id).resume();
    this.#events.resumed(id);
    return {};
  }

  async update({ id, resources }: UpdateTaskRequest): Promise<object> {
    const container = this.#container(id);
    await container.update(await readTaskResources(resources));
    return {};
  }

  /** The container's own figures, from the guest, as containerd's metrics of the version that is asked for. */
  async stats({ id }: { readonly id: string }): Promise<StatsResponse> {
    const metrics = await this.#metrics(id);
    const isV1 = this.#options.metricsVersion === 'v1';
    return { stats: isV1 ? packAny(MetricsV1, toMetricsV1(metrics)) : packAny(Metrics, metrics) };
  }

  /** The same as metrics of v2, whoever the other clients are. */
  async metrics({ id }: { readonly id: string }): Promise<StatsResponse> {
    return { stats: packAny(Metrics, await this.#metrics(id)) };
  }

  /** The processes inside the container, as JSON. */
  async processes({ id }: { readonly id: string }): Promise<Any> {
    const processes = await this.#container(id).processes();
    return { typeUrl: PROCESSES_TYPE, value: new TextEncoder().encode(JSON.stringify(processes)) };
  }

  /** Asks the guest's agent about the machine. @throws SandboxError `guest-refused`, `sandbox-gone` */
  readonly askGuest: Sandbox['askGuest'] = (what, ask) => this.#sandbox.askGuest(what, ask);

  /** Direct volumes of the machine's containers. */
  get volumes(): Sandbox['volumes'] {
    return this.#sandbox.volumes;
  }

  /** Host processes of the task: the one that stands for it. Processes in the guest have no host pid. */
  async pids({ id }: { readonly id: string }): Promise<PidsResponse> {
    return { processes: [{ pid: this.#container(id).pid, info: undefined }] };
  }

  /** Also before there is a task: then the shim's own pid stands for it. */
  async connect({ id }: ConnectRequest): Promise<Partial<ConnectResponse>> {
    const taskPid = this.#options.containers.sandbox?.containers.get(id)?.pid ?? process.pid;
    return { shimPid: process.pid, taskPid, version: 'v2' };
  }

  /** Ends the sandbox and the shim; with containers left it does nothing unless `now` is set (containerd's rule). */
  async shutdown({ now }: ShutdownRequest): Promise<object> {
    const {
      containers: { sandbox },
      onShutdown,
    } = this.#options;
    const isInUse = (sandbox?.containers.size ?? 0) > 0 || this.#creating.size > 0;
    if (isInUse && !now) return {};
    await sandbox?.destroy();
    // Before the answer: whoever gets it finds nothing left, and may use the id again.
    await onShutdown();
    return {};
  }

  async #metrics(id: string): Promise<Metrics> {
    const container = this.#container(id);
    return containerMetrics({ stats: await container.stats(), oomKills: container.oomKills });
  }

  get #sandbox(): Sandbox {
    const { sandbox } = this.#options.containers;
    if (sandbox === undefined) throw sandboxError('not-found', 'the sandbox has no container');
    return sandbox;
  }

  /** @throws SandboxError `not-found` */
  #container(id: string): Container {
    const container = this.#options.containers.sandbox?.containers.get(id);
    if (container === undefined) throw sandboxError('not-found', `container does not exist: ${id}`, { id });
    return container;
  }

  #forgetExec(container: Container, execId: string): void {
    container.execs.delete(execId);
    this.#events.execDeleted(container, execId);
    this.#records.delete(`${container.config.id}/${execId}`);
  }

  /** Nobody asks again for a process whose status its stand-in has. */
  #standForExec(standIn: StandIn, container: Container, request: ExecProcessRequest): void {
    standFor(standIn, container, request.execId, request);
    const forget = (): void => this.#forgetExec(container, request.execId);
    container.exec(request.execId).process.exited.then(forget, forget);
  }

  /** A machine whose only, or whose pod's, process ended has nothing left to run: its memory goes back now. */
  #endWithContainer(sandbox: Sandbox, container: Container): void {
    if (container.config.type === 'pod_container') return;
    void container.stopped
      .then(() => sandbox.destroy())
      .catch(() => {
        // destroy is idempotent: Shutdown or `delete --force` meets the same failure and reports it.
      });
  }
}

const STATUS_OF = {
  creating: TaskStatus.UNKNOWN,
  created: TaskStatus.CREATED,
  running: TaskStatus.RUNNING,
  paused: TaskStatus.PAUSED,
  stopped: TaskStatus.STOPPED,
} as const;

const EXEC_STATUS_OF = {
  added: TaskStatus.CREATED,
  running: TaskStatus.RUNNING,
  stopped: TaskStatus.STOPPED,
} as const;

function recordOf(request: StreamPlaces, bundle: string): TaskRecord {
  const { stdin, stdout, stderr, terminal } = request;
  return { stdin, stdout, stderr, terminal, bundle };
}

/** The exit of a process that has ended, or undefined while it runs. */
async function settled(process: GuestProcess): Promise<ProcessExit | undefined> {
  return Promise.race([process.exited.catch(() => undefined), Promise.resolve(undefined)]);
}

/** Closes the streams again when there is no such stand-in. */
function openStandIn(place: StandInPlace, io: ProcessIo): StandIn {
  try {
    return new StandIn(place);
  } catch (error) {
    closeProcessIo(io);
    throw error;
  }
}

/** A call that hako does not do yet. */
export function unsupported(what: string): SandboxError {
  return sandboxError('unsupported', `${what} is not supported in this version of hako`);
}
