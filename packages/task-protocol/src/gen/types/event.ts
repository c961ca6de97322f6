// Generated from proto/types/event.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';
import { Any } from '../google/protobuf/any.ts';
import { Timestamp } from '../google/protobuf/timestamp.ts';

/** topic is a path such as /tasks/start. */
export interface Envelope {
  timestamp?: Timestamp | undefined;
  namespace: string;
  topic: string;
  event?: Any | undefined;
}
export const Envelope: MessageType<Envelope> = /* @__PURE__ */ messageType('containerd.types.Envelope', () => [
  [1, 'timestamp', Timestamp],
  [2, 'namespace', 'string'],
  [3, 'topic', 'string'],
  [4, 'event', Any],
]);
