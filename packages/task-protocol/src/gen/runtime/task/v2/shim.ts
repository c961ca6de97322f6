// Generated from proto/runtime/task/v2/shim.proto by the package's generate script. Do not edit.
import { type MessageType, type MethodType, messageType } from '@hako/protobuf';
import { Any } from '../../../google/protobuf/any.ts';
import { Empty } from '../../../google/protobuf/empty.ts';
import { Timestamp } from '../../../google/protobuf/timestamp.ts';
import { Mount } from '../../../types/mount.ts';
import { ProcessInfo, Status } from '../../../types/task/task.ts';

/** rootfs lists what is to be mounted on <bundle>/rootfs; none means it stands already. */
export interface CreateTaskRequest {
  id: string;
  bundle: string;
  rootfs: Mount[];
  terminal: boolean;
  stdin: string;
  stdout: string;
  stderr: string;
  checkpoint: string;
  parentCheckpoint: string;
  options?: Any | undefined;
}
export const CreateTaskRequest: MessageType<CreateTaskRequest> = /* @__PURE__ */ messageType('containerd.task.v2.CreateTaskRequest', () => [
  [1, 'id', 'string'],
  [2, 'bundle', 'string'],
  [3, 'rootfs', Mount, 'many'],
  [4, 'terminal', 'bool'],
  [5, 'stdin', 'string'],
  [6, 'stdout', 'string'],
  [7, 'stderr', 'string'],
  [8, 'checkpoint', 'string'],
  [9, 'parentCheckpoint', 'string'],
  [10, 'options', Any],
]);

export interface CreateTaskResponse {
  pid: number;
}
export const CreateTaskResponse: MessageType<CreateTaskResponse> = /* @__PURE__ */ messageType('containerd.task.v2.CreateTaskResponse', () => [
  [1, 'pid', 'uint32'],
]);

export interface DeleteRequest {
  id: string;
  execId: string;
}
export const DeleteRequest: MessageType<DeleteRequest> = /* @__PURE__ */ messageType('containerd.task.v2.DeleteRequest', () => [
  [1, 'id', 'string'],
  [2, 'execId', 'string'],
]);

export interface DeleteResponse {
  pid: number;
  exitStatus: number;
  exitedAt?: Timestamp | undefined;
}
export const DeleteResponse: MessageType<DeleteResponse> = /* @__PURE__ */ messageType('containerd.task.v2.DeleteResponse', () => [
  [1, 'pid', 'uint32'],
  [2, 'exitStatus', 'uint32'],
  [3, 'exitedAt', Timestamp],
]);

/** spec holds the OCI process as JSON. */
export interface ExecProcessRequest {
  id: string;
  execId: string;
  terminal: boolean;
  stdin: string;
  stdout: string;
  stderr: string;
  spec?: Any | undefined;
}
export const ExecProcessRequest: MessageType<ExecProcessRequest> = /* @__PURE__ */ messageType('containerd.task.v2.ExecProcessRequest', () => [
  [1, 'id', 'string'],
  [2, 'execId', 'string'],
  [3, 'terminal', 'bool'],
  [4, 'stdin', 'string'],
  [5, 'stdout', 'string'],
  [6, 'stderr', 'string'],
  [7, 'spec', Any],
]);

export interface ExecProcessResponse {}
export const ExecProcessResponse: MessageType<ExecProcessResponse> = /* @__PURE__ */ messageType('containerd.task.v2.ExecProcessResponse', () => []);

export interface ResizePtyRequest {
  id: string;
  execId: string;
  width: number;
  height: number;
}
export const ResizePtyRequest: MessageType<ResizePtyRequest> = /* @__PURE__ */ messageType('containerd.task.v2.ResizePtyRequest', () => [
  [1, 'id', 'string'],
  [2, 'execId', 'string'],
  [3, 'width', 'uint32'],
  [4, 'height', 'uint32'],
]);

export interface StateRequest {
  id: string;
  execId: string;
}
export const StateRequest: MessageType<StateRequest> = /* @__PURE__ */ messageType('containerd.task.v2.StateRequest', () => [
  [1, 'id', 'string'],
  [2, 'execId', 'string'],
]);

export interface StateResponse {
  id: string;
  bundle: string;
  pid: number;
  status: Status;
  stdin: string;
  stdout: string;
  stderr: string;
  terminal: boolean;
  exitStatus: number;
  exitedAt?: Timestamp | undefined;
  execId: string;
}
export const StateResponse: MessageType<StateResponse> = /* @__PURE__ */ messageType('containerd.task.v2.StateResponse', () => [
  [1, 'id', 'string'],
  [2, 'bundle', 'string'],
  [3, 'pid', 'uint32'],
  [4, 'status', 'int32'],
  [5, 'stdin', 'string'],
  [6, 'stdout', 'string'],
  [7, 'stderr', 'string'],
  [8, 'terminal', 'bool'],
  [9, 'exitStatus', 'uint32'],
  [10, 'exitedAt', Timestamp],
  [11, 'execId', 'string'],
]);

/** all signals every process of the container. */
export interface KillRequest {
  id: string;
  execId: string;
  signal: number;
  all: boolean;
}
export const KillRequest: MessageType<KillRequest> = /* @__PURE__ */ messageType('containerd.task.v2.KillRequest', () => [
  [1, 'id', 'string'],
  [2, 'execId', 'string'],
  [3, 'signal', 'uint32'],
  [4, 'all', 'bool'],
]);

export interface CloseIORequest {
  id: string;
  execId: string;
  stdin: boolean;
}
export const CloseIORequest: MessageType<CloseIORequest> = /* @__PURE__ */ messageType('containerd.task.v2.CloseIORequest', () => [
  [1, 'id', 'string'],
  [2, 'execId', 'string'],
  [3, 'stdin', 'bool'],
]);

export interface PidsRequest {
  id: string;
}
export const PidsRequest: MessageType<PidsRequest> = /* @__PURE__ */ messageType('containerd.task.v2.PidsRequest', () => [
  [1, 'id', 'string'],
]);

export interface PidsResponse {
  processes: ProcessInfo[];
}
export const PidsResponse: MessageType<PidsResponse> = /* @__PURE__ */ messageType('containerd.task.v2.PidsResponse', () => [
  [1, 'processes', ProcessInfo, 'many'],
]);

export interface CheckpointTaskRequest {
  id: string;
  path: string;
  options?: Any | undefined;
}
export const CheckpointTaskRequest: MessageType<CheckpointTaskRequest> = /* @__PURE__ */ messageType('containerd.task.v2.CheckpointTaskRequest', () => [
  [1, 'id', 'string'],
  [2, 'path', 'string'],
  [3, 'options', Any],
]);

export interface UpdateTaskRequest {
  id: string;
  resources?: Any | undefined;
  annotations: Record<string, string>;
}
export const UpdateTaskRequest: MessageType<UpdateTaskRequest> = /* @__PURE__ */ messageType('containerd.task.v2.UpdateTaskRequest', () => [
  [1, 'id', 'string'],
  [2, 'resources', Any],
  [3, 'annotations', 'string', 'map'],
]);

export interface StartRequest {
  id: string;
  execId: string;
}
export const StartRequest: MessageType<StartRequest> = /* @__PURE__ */ messageType('containerd.task.v2.StartRequest', () => [
  [1, 'id', 'string'],
  [2, 'execId', 'string'],
]);

export interface StartResponse {
  pid: number;
}
export const StartResponse: MessageType<StartResponse> = /* @__PURE__ */ messageType('containerd.task.v2.StartResponse', () => [
  [1, 'pid', 'uint32'],
]);

export interface WaitRequest {
  id: string;
  execId: string;
}
export const WaitRequest: MessageType<WaitRequest> = /* @__PURE__ */ messageType('containerd.task.v2.WaitRequest', () => [
  [1, 'id', 'string'],
  [2, 'execId', 'string'],
]);

export interface WaitResponse {
  exitStatus: number;
  exitedAt?: Timestamp | undefined;
}
export const WaitResponse: MessageType<WaitResponse> = /* @__PURE__ */ messageType('containerd.task.v2.WaitResponse', () => [
  [1, 'exitStatus', 'uint32'],
  [2, 'exitedAt', Timestamp],
]);

export interface StatsRequest {
  id: string;
}
export const StatsRequest: MessageType<StatsRequest> = /* @__PURE__ */ messageType('containerd.task.v2.StatsRequest', () => [
  [1, 'id', 'string'],
]);

export interface StatsResponse {
  stats?: Any | undefined;
}
export const StatsResponse: MessageType<StatsResponse> = /* @__PURE__ */ messageType('containerd.task.v2.StatsResponse', () => [
  [1, 'stats', Any],
]);

export interface ConnectRequest {
  id: string;
}
export const ConnectRequest: MessageType<ConnectRequest> = /* @__PURE__ */ messageType('containerd.task.v2.ConnectRequest', () => [
  [1, 'id', 'string'],
]);

export interface ConnectResponse {
  shimPid: number;
  taskPid: number;
  version: string;
}
export const ConnectResponse: MessageType<ConnectResponse> = /* @__PURE__ */ messageType('containerd.task.v2.ConnectResponse', () => [
  [1, 'shimPid', 'uint32'],
  [2, 'taskPid', 'uint32'],
  [3, 'version', 'string'],
]);

/** Ignored while containers exist. */
export interface ShutdownRequest {
  id: string;
  now: boolean;
}
export const ShutdownRequest: MessageType<ShutdownRequest> = /* @__PURE__ */ messageType('containerd.task.v2.ShutdownRequest', () => [
  [1, 'id', 'string'],
  [2, 'now', 'bool'],
]);

export interface PauseRequest {
  id: string;
}
export const PauseRequest: MessageType<PauseRequest> = /* @__PURE__ */ messageType('containerd.task.v2.PauseRequest', () => [
  [1, 'id', 'string'],
]);

export interface ResumeRequest {
  id: string;
}
export const ResumeRequest: MessageType<ResumeRequest> = /* @__PURE__ */ messageType('containerd.task.v2.ResumeRequest', () => [
  [1, 'id', 'string'],
]);

/** An empty exec_id means the init process of the task. */
export interface Task {
  readonly name: 'containerd.task.v2.Task';
  readonly methods: {
    /** State of the init process, or of the exec named by exec_id. */
    readonly State: MethodType<StateRequest, StateResponse>;
    /**
     * Make a task: mount rootfs, boot the sandbox if this is its first container, create the container;
     * answer with a pid.
     */
    readonly Create: MethodType<CreateTaskRequest, CreateTaskResponse>;
    /** Start init, or the exec named by exec_id. */
    readonly Start: MethodType<StartRequest, StartResponse>;
    /** Drop a stopped task or exec and answer with its exit status and time. */
    readonly Delete: MethodType<DeleteRequest, DeleteResponse>;
    /** List of processes. */
    readonly Pids: MethodType<PidsRequest, PidsResponse>;
    /** Freeze. */
    readonly Pause: MethodType<PauseRequest, Empty>;
    /** Thaw. */
    readonly Resume: MethodType<ResumeRequest, Empty>;
    /** CRIU checkpoint. */
    readonly Checkpoint: MethodType<CheckpointTaskRequest, Empty>;
    /** Send a signal; all=true means every process of the container. */
    readonly Kill: MethodType<KillRequest, Empty>;
    /**
     * Register an exec; it does not run until Start is called with its exec_id. spec is a
     * google.protobuf.Any holding the OCI process as JSON.
     */
    readonly Exec: MethodType<ExecProcessRequest, Empty>;
    /** Terminal size. */
    readonly ResizePty: MethodType<ResizePtyRequest, Empty>;
    /** Close stdin. */
    readonly CloseIO: MethodType<CloseIORequest, Empty>;
    /** New resource limits as an Any of OCI LinuxResources, plus annotations. */
    readonly Update: MethodType<UpdateTaskRequest, Empty>;
    /** Long poll for exit. */
    readonly Wait: MethodType<WaitRequest, WaitResponse>;
    /** Metrics as an Any (containerd cgroup v1 or v2 Metrics message). */
    readonly Stats: MethodType<StatsRequest, StatsResponse>;
    /** Shim pid and task pid. */
    readonly Connect: MethodType<ConnectRequest, ConnectResponse>;
    /** Leave when no container remains; must be ignored while containers exist. */
    readonly Shutdown: MethodType<ShutdownRequest, Empty>;
  };
}
export const Task: Task = {
  name: 'containerd.task.v2.Task',
  methods: {
    State: { request: StateRequest, response: StateResponse },
    Create: { request: CreateTaskRequest, response: CreateTaskResponse },
    Start: { request: StartRequest, response: StartResponse },
    Delete: { request: DeleteRequest, response: DeleteResponse },
    Pids: { request: PidsRequest, response: PidsResponse },
    Pause: { request: PauseRequest, response: Empty },
    Resume: { request: ResumeRequest, response: Empty },
    Checkpoint: { request: CheckpointTaskRequest, response: Empty },
    Kill: { request: KillRequest, response: Empty },
    Exec: { request: ExecProcessRequest, response: Empty },
    ResizePty: { request: ResizePtyRequest, response: Empty },
    CloseIO: { request: CloseIORequest, response: Empty },
    Update: { request: UpdateTaskRequest, response: Empty },
    Wait: { request: WaitRequest, response: WaitResponse },
    Stats: { request: StatsRequest, response: StatsResponse },
    Connect: { request: ConnectRequest, response: ConnectResponse },
    Shutdown: { request: ShutdownRequest, response: Empty },
  },
};
