// Generated from proto/google/protobuf/any.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

/**
 * type_url ends in the full name of the message (containerd sends the bare name); value holds its bytes,
 * or, for OCI types, JSON.
 */
export interface Any {
  typeUrl: string;
  value: Uint8Array;
}
export const Any: MessageType<Any> = /* @__PURE__ */ messageType('google.protobuf.Any', () => [
  [1, 'typeUrl', 'string'],
  [2, 'value', 'bytes'],
]);
