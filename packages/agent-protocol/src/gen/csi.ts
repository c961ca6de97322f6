// Generated from proto/csi.proto by the package's generate script. Do not edit.
import { type MessageType, messageType } from '@hako/protobuf';

/** Since 2.4.0. */
export interface VolumeStatsResponse {
  usage: VolumeUsage[];
  volumeCondition?: VolumeCondition | undefined;
}
export const VolumeStatsResponse: MessageType<VolumeStatsResponse> = /* @__PURE__ */ messageType('grpc.VolumeStatsResponse', () => [
  [1, 'usage', VolumeUsage, 'many'],
  [2, 'volumeCondition', VolumeCondition],
]);

export const VolumeUsage_Unit: {
  readonly UNKNOWN: 0;
  readonly BYTES: 1;
  readonly INODES: 2;
} = { UNKNOWN: 0, BYTES: 1, INODES: 2 };
/** A value of VolumeUsage_Unit, or a number that a newer peer sent. */
export type VolumeUsage_Unit = 0 | 1 | 2 | (number & {});

/** Counts of unit: bytes, or inodes. Since 2.4.0. */
export interface VolumeUsage {
  available: bigint;
  total: bigint;
  used: bigint;
  unit: VolumeUsage_Unit;
}
export const VolumeUsage: MessageType<VolumeUsage> = /* @__PURE__ */ messageType('grpc.VolumeUsage', () => [
  [1, 'available', 'uint64'],
  [2, 'total', 'uint64'],
  [3, 'used', 'uint64'],
  [4, 'unit', 'int32'],
]);

/** Since 2.4.0. */
export interface VolumeCondition {
  abnormal: boolean;
  message: string;
}
export const VolumeCondition: MessageType<VolumeCondition> = /* @__PURE__ */ messageType('grpc.VolumeCondition', () => [
  [1, 'abnormal', 'bool'],
  [2, 'message', 'string'],
]);
