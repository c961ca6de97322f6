// Generated from proto/runtime/sandbox/v1/sandbox.proto by the package's generate script. Do not edit.
import { type MessageType, type MethodType, messageType } from '@hako/protobuf';
import { Any } from '../../../google/protobuf/any.ts';
import { Timestamp } from '../../../google/protobuf/timestamp.ts';
import { Metric } from '../../../types/metrics.ts';
import { Mount } from '../../../types/mount.ts';
import { Platform } from '../../../types/platform.ts';

export interface CreateSandboxRequest {
  sandboxId: string;
  bundlePath: string;
  rootfs: Mount[];
  options?: Any | undefined;
  netnsPath: string;
  annotations: Record<string, string>;
}
export const CreateSandboxRequest: MessageType<CreateSandboxRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.CreateSandboxRequest', () => [
  [1, 'sandboxId', 'string'],
  [2, 'bundlePath', 'string'],
  [3, 'rootfs', Mount, 'many'],
  [4, 'options', Any],
  [5, 'netnsPath', 'string'],
  [6, 'annotations', 'string', 'map'],
]);

export interface CreateSandboxResponse {}
export const CreateSandboxResponse: MessageType<CreateSandboxResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.CreateSandboxResponse', () => []);

export interface StartSandboxRequest {
  sandboxId: string;
}
export const StartSandboxRequest: MessageType<StartSandboxRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.StartSandboxRequest', () => [
  [1, 'sandboxId', 'string'],
]);

export interface StartSandboxResponse {
  pid: number;
  createdAt?: Timestamp | undefined;
  spec?: Any | undefined;
}
export const StartSandboxResponse: MessageType<StartSandboxResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.StartSandboxResponse', () => [
  [1, 'pid', 'uint32'],
  [2, 'createdAt', Timestamp],
  [3, 'spec', Any],
]);

export interface PlatformRequest {
  sandboxId: string;
}
export const PlatformRequest: MessageType<PlatformRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.PlatformRequest', () => [
  [1, 'sandboxId', 'string'],
]);

export interface PlatformResponse {
  platform?: Platform | undefined;
}
export const PlatformResponse: MessageType<PlatformResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.PlatformResponse', () => [
  [1, 'platform', Platform],
]);

export interface StopSandboxRequest {
  sandboxId: string;
  timeoutSecs: number;
}
export const StopSandboxRequest: MessageType<StopSandboxRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.StopSandboxRequest', () => [
  [1, 'sandboxId', 'string'],
  [2, 'timeoutSecs', 'uint32'],
]);

export interface StopSandboxResponse {}
export const StopSandboxResponse: MessageType<StopSandboxResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.StopSandboxResponse', () => []);

export interface UpdateSandboxRequest {
  sandboxId: string;
  resources?: Any | undefined;
  annotations: Record<string, string>;
}
export const UpdateSandboxRequest: MessageType<UpdateSandboxRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.UpdateSandboxRequest', () => [
  [1, 'sandboxId', 'string'],
  [2, 'resources', Any],
  [3, 'annotations', 'string', 'map'],
]);

export interface WaitSandboxRequest {
  sandboxId: string;
}
export const WaitSandboxRequest: MessageType<WaitSandboxRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.WaitSandboxRequest', () => [
  [1, 'sandboxId', 'string'],
]);

export interface WaitSandboxResponse {
  exitStatus: number;
  exitedAt?: Timestamp | undefined;
}
export const WaitSandboxResponse: MessageType<WaitSandboxResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.WaitSandboxResponse', () => [
  [1, 'exitStatus', 'uint32'],
  [2, 'exitedAt', Timestamp],
]);

export interface UpdateSandboxResponse {}
export const UpdateSandboxResponse: MessageType<UpdateSandboxResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.UpdateSandboxResponse', () => []);

export interface SandboxStatusRequest {
  sandboxId: string;
  verbose: boolean;
}
export const SandboxStatusRequest: MessageType<SandboxStatusRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.SandboxStatusRequest', () => [
  [1, 'sandboxId', 'string'],
  [2, 'verbose', 'bool'],
]);

export interface SandboxStatusResponse {
  sandboxId: string;
  pid: number;
  state: string;
  info: Record<string, string>;
  createdAt?: Timestamp | undefined;
  exitedAt?: Timestamp | undefined;
  extra?: Any | undefined;
}
export const SandboxStatusResponse: MessageType<SandboxStatusResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.SandboxStatusResponse', () => [
  [1, 'sandboxId', 'string'],
  [2, 'pid', 'uint32'],
  [3, 'state', 'string'],
  [4, 'info', 'string', 'map'],
  [5, 'createdAt', Timestamp],
  [6, 'exitedAt', Timestamp],
  [7, 'extra', Any],
]);

export interface PingRequest {
  sandboxId: string;
}
export const PingRequest: MessageType<PingRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.PingRequest', () => [
  [1, 'sandboxId', 'string'],
]);

export interface PingResponse {}
export const PingResponse: MessageType<PingResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.PingResponse', () => []);

export interface ShutdownSandboxRequest {
  sandboxId: string;
}
export const ShutdownSandboxRequest: MessageType<ShutdownSandboxRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.ShutdownSandboxRequest', () => [
  [1, 'sandboxId', 'string'],
]);

export interface ShutdownSandboxResponse {}
export const ShutdownSandboxResponse: MessageType<ShutdownSandboxResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.ShutdownSandboxResponse', () => []);

export interface SandboxMetricsRequest {
  sandboxId: string;
}
export const SandboxMetricsRequest: MessageType<SandboxMetricsRequest> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.SandboxMetricsRequest', () => [
  [1, 'sandboxId', 'string'],
]);

export interface SandboxMetricsResponse {
  metrics?: Metric | undefined;
}
export const SandboxMetricsResponse: MessageType<SandboxMetricsResponse> = /* @__PURE__ */ messageType('containerd.runtime.sandbox.v1.SandboxMetricsResponse', () => [
  [1, 'metrics', Metric],
]);

export interface Sandbox {
  readonly name: 'containerd.runtime.sandbox.v1.Sandbox';
  readonly methods: {
    readonly CreateSandbox: MethodType<CreateSandboxRequest, CreateSandboxResponse>;
    readonly StartSandbox: MethodType<StartSandboxRequest, StartSandboxResponse>;
    readonly Platform: MethodType<PlatformRequest, PlatformResponse>;
    readonly StopSandbox: MethodType<StopSandboxRequest, StopSandboxResponse>;
    readonly WaitSandbox: MethodType<WaitSandboxRequest, WaitSandboxResponse>;
    readonly SandboxStatus: MethodType<SandboxStatusRequest, SandboxStatusResponse>;
    readonly PingSandbox: MethodType<PingRequest, PingResponse>;
    readonly ShutdownSandbox: MethodType<ShutdownSandboxRequest, ShutdownSandboxResponse>;
    readonly SandboxMetrics: MethodType<SandboxMetricsRequest, SandboxMetricsResponse>;
  };
}
export const Sandbox: Sandbox = {
  name: 'containerd.runtime.sandbox.v1.Sandbox',
  methods: {
    CreateSandbox: { request: CreateSandboxRequest, response: CreateSandboxResponse },
    StartSandbox: { request: StartSandboxRequest, response: StartSandboxResponse },
    Platform: { request: PlatformRequest, response: PlatformResponse },
    StopSandbox: { request: StopSandboxRequest, response: StopSandboxResponse },
    WaitSandbox: { request: WaitSandboxRequest, response: WaitSandboxResponse },
    SandboxStatus: { request: SandboxStatusRequest, response: SandboxStatusResponse },
    PingSandbox: { request: PingRequest, response: PingResponse },
    ShutdownSandbox: { request: ShutdownSandboxRequest, response: ShutdownSandboxResponse },
    SandboxMetrics: { request: SandboxMetricsRequest, response: SandboxMetricsResponse },
  },
};
