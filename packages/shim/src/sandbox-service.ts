import {
  GetIPTablesRequest,
  GetIPTablesResponse,
  GetMetricsRequest,
  Metrics,
  SetIPTablesRequest,
  SetIPTablesResponse,
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
  };
}
export const SandboxService: SandboxService = {
  name: 'hako.v1.Sandbox',
  methods: {
    GetIPTables: { request: GetIPTablesRequest, response: GetIPTablesResponse },
    SetIPTables: { request: SetIPTablesRequest, response: SetIPTablesResponse },
    GetMetrics: { request: GetMetricsRequest, response: Metrics },
  },
};

/** The calls as ttRPC handlers. */
export function sandboxMethods(
  service: Pick<TaskService, 'askGuest'>,
  watcher: CallWatcher = {},
): ServiceHandlers<SandboxService> {
  const answer = answering(watcher);
  return {
    getIPTables: answer((request) => service.askGuest('iptables', (agent) => agent.getIPTables(request))),
    setIPTables: answer((request) => service.askGuest('iptables', (agent) => agent.setIPTables(request))),
    getMetrics: answer((request) => service.askGuest('metrics', (agent) => agent.getMetrics(request))),
  };
}
