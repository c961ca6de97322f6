import { type Health, HealthCheckResponse_ServingStatus } from '@hako/agent-protocol';
import type { ServiceHandlers } from '@hako/ttrpc';
import { agentVersion, protocolVersion } from '../version.ts';

/** grpc.Health: is the agent there, and which one. */
export const healthHandlers: ServiceHandlers<Health> = {
  check: () => ({ status: HealthCheckResponse_ServingStatus.SERVING }),
  version: () => ({ grpcVersion: protocolVersion, agentVersion }),
};
