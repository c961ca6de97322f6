// Generated from proto/types/metrics.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';
import { Any } from '../google/protobuf/any.ts';
import { Timestamp } from '../google/protobuf/timestamp.ts';

export interface Metric {
  timestamp?: Timestamp | undefined;
  id: string;
  data?: Any | undefined;
}
export const Metric: MessageType<Metric> = /* @__PURE__ */ messageType('containerd.types.Metric', () => [
  [1, 'timestamp', Timestamp],
  [2, 'id', 'string'],
  [3, 'data', Any],
]);
