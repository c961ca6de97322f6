// Generated from proto/google/protobuf/timestamp.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

/** Seconds since the Unix epoch, and nanoseconds (0 to 999999999) past that second. */
export interface Timestamp {
  seconds: bigint;
  nanos: number;
}
export const Timestamp: MessageType<Timestamp> = /* @__PURE__ */ messageType('google.protobuf.Timestamp', () => [
  [1, 'seconds', 'int64'],
  [2, 'nanos', 'int32'],
]);
