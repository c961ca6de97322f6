// Generated from proto/runtime/bootstrap/v1/bootstrap.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';
import { Any } from '../../../google/protobuf/any.ts';

export const LogLevel: {
  readonly LOG_LEVEL_INFO: 0;
  readonly LOG_LEVEL_TRACE: -8;
  readonly LOG_LEVEL_DEBUG: -4;
  readonly LOG_LEVEL_WARN: 4;
  readonly LOG_LEVEL_ERROR: 8;
  readonly LOG_LEVEL_FATAL: 10;
  readonly LOG_LEVEL_PANIC: 12;
} = { LOG_LEVEL_INFO: 0, LOG_LEVEL_TRACE: -8, LOG_LEVEL_DEBUG: -4, LOG_LEVEL_WARN: 4, LOG_LEVEL_ERROR: 8, LOG_LEVEL_FATAL: 10, LOG_LEVEL_PANIC: 12 };
/** A value of LogLevel, or a number that a newer peer sent. */
export type LogLevel = 0 | -8 | -4 | 4 | 8 | 10 | 12 | (number & {});

export const Capability: {
  readonly CAPABILITY_UNSPECIFIED: 0;
} = { CAPABILITY_UNSPECIFIED: 0 };
/** A value of Capability, or a number that a newer peer sent. */
export type Capability = 0 | (number & {});

export interface BootstrapParams {
  instanceId: string;
  namespace: string;
  logLevel: LogLevel;
  containerdVersion: string;
  containerdTtrpcAddress: string;
  containerdGrpcAddress: string;
  containerdBinary: string;
  extensions: Extension[];
  socketDir?: string | undefined;
}
export const BootstrapParams: MessageType<BootstrapParams> = /* @__PURE__ */ messageType('containerd.runtime.bootstrap.v1.BootstrapParams', () => [
  [1, 'instanceId', 'string'],
  [2, 'namespace', 'string'],
  [3, 'logLevel', 'int32'],
  [4, 'containerdVersion', 'string'],
  [5, 'containerdTtrpcAddress', 'string'],
  [6, 'containerdGrpcAddress', 'string'],
  [7, 'containerdBinary', 'string'],
  [8, 'extensions', Extension, 'many'],
  [9, 'socketDir', 'string', 'optional'],
]);

export interface Extension {
  value?: Any | undefined;
}
export const Extension: MessageType<Extension> = /* @__PURE__ */ messageType('containerd.runtime.bootstrap.v1.Extension', () => [
  [1, 'value', Any],
]);

/** protocol is ttrpc or grpc. */
export interface BootstrapResult {
  version: number;
  address: string;
  protocol: string;
  capabilities: Capability[];
  metadata: Record<string, string>;
}
export const BootstrapResult: MessageType<BootstrapResult> = /* @__PURE__ */ messageType('containerd.runtime.bootstrap.v1.BootstrapResult', () => [
  [1, 'version', 'int32'],
  [2, 'address', 'string'],
  [3, 'protocol', 'string'],
  [4, 'capabilities', 'int32', 'many'],
  [5, 'metadata', 'string', 'map'],
]);
