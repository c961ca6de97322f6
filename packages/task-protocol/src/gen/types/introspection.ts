// Generated from proto/types/introspection.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';
import { Any } from '../google/protobuf/any.ts';

export interface RuntimeRequest {
  runtimePath: string;
  options?: Any | undefined;
}
export const RuntimeRequest: MessageType<RuntimeRequest> = /* @__PURE__ */ messageType('containerd.types.RuntimeRequest', () => [
  [1, 'runtimePath', 'string'],
  [2, 'options', Any],
]);

export interface RuntimeVersion {
  version: string;
  revision: string;
}
export const RuntimeVersion: MessageType<RuntimeVersion> = /* @__PURE__ */ messageType('containerd.types.RuntimeVersion', () => [
  [1, 'version', 'string'],
  [2, 'revision', 'string'],
]);

export interface RuntimeInfo {
  name: string;
  version?: RuntimeVersion | undefined;
  options?: Any | undefined;
  features?: Any | undefined;
  annotations: Record<string, string>;
}
export const RuntimeInfo: MessageType<RuntimeInfo> = /* @__PURE__ */ messageType('containerd.types.RuntimeInfo', () => [
  [1, 'name', 'string'],
  [2, 'version', RuntimeVersion],
  [3, 'options', Any],
  [4, 'features', Any],
  [5, 'annotations', 'string', 'map'],
]);
