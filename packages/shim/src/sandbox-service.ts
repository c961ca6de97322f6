import {
  Empty,
  GetIPTablesRequest,
  GetIPTablesResponse,
  GetMetricsRequest,
  Metrics,
  ResizeVolumeRequest,
  SetIPTablesRequest,
  SetIPTablesResponse,
  VolumeStatsRequest,
  VolumeStatsResponse,
} from '@hako/agent-protocol';
import type { MethodType } from '@hako/protobuf';
import type { ServiceHandlers } from '@hako/ttrpc';
import { answering, type CallWatcher } from './task-methods.ts';
import type { TaskService } from './task-service.ts';

/** What an operator may ask a shim about its machine; the guest's agent answers, in its own words. */
export interface SandboxService {
  readonly name: 'hako.v1.Sandbox';
  readonly methods: {
    readonly GetIPTables: MethodType<GetIPTablesRequest, GetIPTablesResponse>;
    readonly SetIPTables: MethodType<SetIPTablesRequest, SetIPTablesResponse>;
    readonly GetMetrics: MethodType<GetMetricsRequest, Metrics>;
    /** Of a direct volume, by its path on the host. */
    readonly GetVolumeStats: MethodType<VolumeStatsRequest, VolumeStatsResponse>;
    /** Likewise. */
    readonly ResizeVolume: MethodType<ResizeVolumeRequest, Empty>;
  };
}
export const SandboxService: SandboxService = {
  name: 'hako.v1.Sandbox',
  methods: {
    GetIPTables: { request: GetIPTablesRequest, response: GetIPTablesResponse },
    SetIPTables: { request: SetIPTablesRequest, response: SetIPTablesResponse },
    GetMetrics: { request: GetMetricsRequest, response: Metrics },
    GetVolumeStats: { request: VolumeStatsRequest, response: VolumeStatsResponse },
    ResizeVolume: { request: ResizeVolumeRequest, response: Empty },
  },
};

/** The calls as ttRPC handlers. */
export function sandboxMethods(
  service: Pick<TaskService, 'askGuest' | 'volumes'>,
  watcher: CallWatcher = {},
): ServiceHandlers<SandboxService> {
  const answer = answering(watcher);
  return {
    getIPTables: answer((request) => service.askGuest('iptables', (agent) => agent.getIPTables(request))),
    setIPTables: answer((request) => service.askGuest('iptables', (agent) => agent.setIPTables(request))),
    getMetrics: answer((request) => service.askGuest('metrics', (agent) => agent.getMetrics(request))),
    getVolumeStats: answer(({ volumeGuestPath }) => service.volumes.stats(volumeGuestPath)),
    resizeVolume: answer(async ({ volumeGuestPath, size }) => {
      await service.volumes.resize(volumeGuestPath, size);
      return {};
    }),
  };
}
