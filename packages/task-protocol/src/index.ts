export { packAny, unpackAny } from './any.ts';
export {
  TaskCheckpointed,
  TaskCreate,
  TaskDelete,
  TaskExecAdded,
  TaskExecStarted,
  TaskExit,
  TaskIO,
  TaskOOM,
  TaskPaused,
  TaskResumed,
  TaskStart,
} from './gen/events/task.ts';
export { Any } from './gen/google/protobuf/any.ts';
export { Empty } from './gen/google/protobuf/empty.ts';
export { Timestamp } from './gen/google/protobuf/timestamp.ts';
export {
  BootstrapParams,
  BootstrapResult,
  Capability,
  Extension,
  LogLevel,
} from './gen/runtime/bootstrap/v1/bootstrap.ts';
export {
  CreateSandboxRequest,
  CreateSandboxResponse,
  PingRequest,
  PingResponse,
  PlatformRequest,
  PlatformResponse,
  Sandbox as SandboxService,
  SandboxMetricsRequest,
  SandboxMetricsResponse,
  SandboxStatusRequest,
  SandboxStatusResponse,
  ShutdownSandboxRequest,
  ShutdownSandboxResponse,
  StartSandboxRequest,
  StartSandboxResponse,
  StopSandboxRequest,
  StopSandboxResponse,
  UpdateSandboxRequest,
  UpdateSandboxResponse,
  WaitSandboxRequest,
  WaitSandboxResponse,
} from './gen/runtime/sandbox/v1/sandbox.ts';
export {
  CheckpointTaskRequest,
  CloseIORequest,
  ConnectRequest,
  ConnectResponse,
  CreateTaskRequest,
  CreateTaskResponse,
  DeleteRequest,
  DeleteResponse,
  ExecProcessRequest,
  ExecProcessResponse,
  KillRequest,
  PauseRequest,
  PidsRequest,
  PidsResponse,
  ResizePtyRequest,
  ResumeRequest,
  ShutdownRequest,
  StartRequest,
  StartResponse,
  StateRequest,
  StateResponse,
  StatsRequest,
  StatsResponse,
  Task as TaskServiceV2,
  UpdateTaskRequest,
  WaitRequest,
  WaitResponse,
} from './gen/runtime/task/v2/shim.ts';
export {
  Events as EventsService,
  ForwardRequest,
} from './gen/services/ttrpc/events/v1/events.ts';
export { Envelope } from './gen/types/event.ts';
export {
  RuntimeInfo,
  RuntimeRequest,
  RuntimeVersion,
} from './gen/types/introspection.ts';
export { Metric } from './gen/types/metrics.ts';
export {
  ActivationInfo,
  ActiveMount,
  Mount,
} from './gen/types/mount.ts';
export { Platform } from './gen/types/platform.ts';
export { Options as RuntimeOptions } from './gen/types/runtimeoptions/v1/api.ts';
export {
  Process as TaskProcess,
  ProcessInfo,
  Status as TaskStatus,
} from './gen/types/task/task.ts';
export { type TaskEventType, topicOfTaskEvent } from './task-event-topic.ts';
export { TaskServiceV3 } from './task-service-v3.ts';
export { timestampFromMs, timestampToMs } from './timestamp.ts';
