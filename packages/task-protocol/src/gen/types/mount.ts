// Generated from proto/types/mount.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';
import { Timestamp } from '../google/protobuf/timestamp.ts';

export interface Mount {
  type: string;
  source: string;
  target: string;
  options: string[];
}
export const Mount: MessageType<Mount> = /* @__PURE__ */ messageType('containerd.types.Mount', () => [
  [1, 'type', 'string'],
  [2, 'source', 'string'],
  [3, 'target', 'string'],
  [4, 'options', 'string', 'many'],
]);

export interface ActiveMount {
  mount?: Mount | undefined;
  mountedAt?: Timestamp | undefined;
  mountPoint: string;
  data: Record<string, string>;
}
export const ActiveMount: MessageType<ActiveMount> = /* @__PURE__ */ messageType('containerd.types.ActiveMount', () => [
  [1, 'mount', Mount],
  [2, 'mountedAt', Timestamp],
  [3, 'mountPoint', 'string'],
  [4, 'data', 'string', 'map'],
]);

export interface ActivationInfo {
  name: string;
  active: ActiveMount[];
  system: Mount[];
  labels: Record<string, string>;
}
export const ActivationInfo: MessageType<ActivationInfo> = /* @__PURE__ */ messageType('containerd.types.ActivationInfo', () => [
  [1, 'name', 'string'],
  [2, 'active', ActiveMount, 'many'],
  [3, 'system', Mount, 'many'],
  [4, 'labels', 'string', 'map'],
]);
