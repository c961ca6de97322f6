// Generated from proto/types/task/task.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';
import { Any } from '../../google/protobuf/any.ts';
import { Timestamp } from '../../google/protobuf/timestamp.ts';

export const Status: {
  readonly UNKNOWN: 0;
  readonly CREATED: 1;
  readonly RUNNING: 2;
  readonly STOPPED: 3;
  readonly PAUSED: 4;
  readonly PAUSING: 5;
} = { UNKNOWN: 0, CREATED: 1, RUNNING: 2, STOPPED: 3, PAUSED: 4, PAUSING: 5 };
/** A value of Status, or a number that a newer peer sent. */
export type Status = 0 | 1 | 2 | 3 | 4 | 5 | (number & {});

export interface Process {
  containerId: string;
  id: string;
  pid: number;
  status: Status;
  stdin: string;
  stdout: string;
  stderr: string;
  terminal: boolean;
  exitStatus: number;
  exitedAt?: Timestamp | undefined;
}
export const Process: MessageType<Process> = /* @__PURE__ */ messageType('containerd.v1.types.Process', () => [
  [1, 'containerId', 'string'],
  [2, 'id', 'string'],
  [3, 'pid', 'uint32'],
  [4, 'status', 'int32'],
  [5, 'stdin', 'string'],
  [6, 'stdout', 'string'],
  [7, 'stderr', 'string'],
  [8, 'terminal', 'bool'],
  [9, 'exitStatus', 'uint32'],
  [10, 'exitedAt', Timestamp],
]);

export interface ProcessInfo {
  pid: number;
  info?: Any | undefined;
}
export const ProcessInfo: MessageType<ProcessInfo> = /* @__PURE__ */ messageType('containerd.v1.types.ProcessInfo', () => [
  [1, 'pid', 'uint32'],
  [2, 'info', Any],
]);
