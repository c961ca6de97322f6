// Generated from proto/types/platform.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

export interface Platform {
  os: string;
  architecture: string;
  variant: string;
  osVersion: string;
  osFeatures: string[];
}
export const Platform: MessageType<Platform> = /* @__PURE__ */ messageType('containerd.types.Platform', () => [
  [1, 'os', 'string'],
  [2, 'architecture', 'string'],
  [3, 'variant', 'string'],
  [4, 'osVersion', 'string'],
  [5, 'osFeatures', 'string', 'many'],
]);
