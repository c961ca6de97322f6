// Generated from proto/google/protobuf/empty.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

export interface Empty {}
export const Empty: MessageType<Empty> = /* @__PURE__ */ messageType('google.protobuf.Empty', () => []);
