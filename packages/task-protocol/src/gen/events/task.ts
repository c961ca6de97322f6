// Generated from proto/events/task.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';
import { Timestamp } from '../google/protobuf/timestamp.ts';
import { Mount } from '../types/mount.ts';

export interface TaskCreate {
  containerId: string;
  bundle: string;
  rootfs: Mount[];
  io?: TaskIO | undefined;
  checkpoint: string;
  pid: number;
}
export const TaskCreate: MessageType<TaskCreate> = /* @__PURE__ */ messageType('containerd.events.TaskCreate', () => [
  [1, 'containerId', 'string'],
  [2, 'bundle', 'string'],
  [3, 'rootfs', Mount, 'many'],
  [4, 'io', TaskIO],
  [5, 'checkpoint', 'string'],
  [6, 'pid', 'uint32'],
]);

export interface TaskStart {
  containerId: string;
  pid: number;
}
export const TaskStart: MessageType<TaskStart> = /* @__PURE__ */ messageType('containerd.events.TaskStart', () => [
  [1, 'containerId', 'string'],
  [2, 'pid', 'uint32'],
]);

export interface TaskDelete {
  containerId: string;
  pid: number;
  exitStatus: number;
  exitedAt?: Timestamp | undefined;
  id: string;
}
export const TaskDelete: MessageType<TaskDelete> = /* @__PURE__ */ messageType('containerd.events.TaskDelete', () => [
  [1, 'containerId', 'string'],
  [2, 'pid', 'uint32'],
  [3, 'exitStatus', 'uint32'],
  [4, 'exitedAt', Timestamp],
  [5, 'id', 'string'],
]);

export interface TaskIO {
  stdin: string;
  stdout: string;
  stderr: string;
  terminal: boolean;
}
export const TaskIO: MessageType<TaskIO> = /* @__PURE__ */ messageType('containerd.events.TaskIO', () => [
  [1, 'stdin', 'string'],
  [2, 'stdout', 'string'],
  [3, 'stderr', 'string'],
  [4, 'terminal', 'bool'],
]);

/** id is the exec id, or container_id for the init process. */
export interface TaskExit {
  containerId: string;
  id: string;
  pid: number;
  exitStatus: number;
  exitedAt?: Timestamp | undefined;
}
export const TaskExit: MessageType<TaskExit> = /* @__PURE__ */ messageType('containerd.events.TaskExit', () => [
  [1, 'containerId', 'string'],
  [2, 'id', 'string'],
  [3, 'pid', 'uint32'],
  [4, 'exitStatus', 'uint32'],
  [5, 'exitedAt', Timestamp],
]);

export interface TaskOOM {
  containerId: string;
}
export const TaskOOM: MessageType<TaskOOM> = /* @__PURE__ */ messageType('containerd.events.TaskOOM', () => [
  [1, 'containerId', 'string'],
]);

export interface TaskExecAdded {
  containerId: string;
  execId: string;
}
export const TaskExecAdded: MessageType<TaskExecAdded> = /* @__PURE__ */ messageType('containerd.events.TaskExecAdded', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
]);

export interface TaskExecStarted {
  containerId: string;
  execId: string;
  pid: number;
}
export const TaskExecStarted: MessageType<TaskExecStarted> = /* @__PURE__ */ messageType('containerd.events.TaskExecStarted', () => [
  [1, 'containerId', 'string'],
  [2, 'execId', 'string'],
  [3, 'pid', 'uint32'],
]);

export interface TaskPaused {
  containerId: string;
}
export const TaskPaused: MessageType<TaskPaused> = /* @__PURE__ */ messageType('containerd.events.TaskPaused', () => [
  [1, 'containerId', 'string'],
]);

export interface TaskResumed {
  containerId: string;
}
export const TaskResumed: MessageType<TaskResumed> = /* @__PURE__ */ messageType('containerd.events.TaskResumed', () => [
  [1, 'containerId', 'string'],
]);

export interface TaskCheckpointed {
  containerId: string;
  checkpoint: string;
}
export const TaskCheckpointed: MessageType<TaskCheckpointed> = /* @__PURE__ */ messageType('containerd.events.TaskCheckpointed', () => [
  [1, 'containerId', 'string'],
  [2, 'checkpoint', 'string'],
]);
