// Generated from proto/health.proto by the package's generate script. Do not edit.
import { type MessageType, type MethodType, messageType } from '@hako/protobuf';

export interface CheckRequest {
  service: string;
}
export const CheckRequest: MessageType<CheckRequest> = /* @__PURE__ */ messageType('grpc.CheckRequest', () => [
  [1, 'service', 'string'],
]);

export const HealthCheckResponse_ServingStatus: {
  readonly UNKNOWN: 0;
  readonly SERVING: 1;
  readonly NOT_SERVING: 2;
} = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2 };
/** A value of HealthCheckResponse_ServingStatus, or a number that a newer peer sent. */
export type HealthCheckResponse_ServingStatus = 0 | 1 | 2 | (number & {});

export interface HealthCheckResponse {
  status: HealthCheckResponse_ServingStatus;
}
export const HealthCheckResponse: MessageType<HealthCheckResponse> = /* @__PURE__ */ messageType('grpc.HealthCheckResponse', () => [
  [1, 'status', 'int32'],
]);

export interface VersionCheckResponse {
  grpcVersion: string;
  agentVersion: string;
}
export const VersionCheckResponse: MessageType<VersionCheckResponse> = /* @__PURE__ */ messageType('grpc.VersionCheckResponse', () => [
  [1, 'grpcVersion', 'string'],
  [2, 'agentVersion', 'string'],
]);

export interface Health {
  readonly name: 'grpc.Health';
  readonly methods: {
    /** Liveness. */
    readonly Check: MethodType<CheckRequest, HealthCheckResponse>;
    /** Agent and protocol version. */
    readonly Version: MethodType<CheckRequest, VersionCheckResponse>;
  };
}
export const Health: Health = {
  name: 'grpc.Health',
  methods: {
    Check: { request: CheckRequest, response: HealthCheckResponse },
    Version: { request: CheckRequest, response: VersionCheckResponse },
  },
};
