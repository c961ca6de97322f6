// Generated from proto/types/runtimeoptions/v1/api.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

export interface Options {
  typeUrl: string;
  configPath: string;
  configBody: Uint8Array;
}
export const Options: MessageType<Options> = /* @__PURE__ */ messageType('runtimeoptions.v1.Options', () => [
  [1, 'typeUrl', 'string'],
  [2, 'configPath', 'string'],
  [3, 'configBody', 'bytes'],
]);
