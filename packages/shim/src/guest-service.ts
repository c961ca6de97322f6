import type { MethodType } from '@hako/protobuf';
import { Any, PidsRequest, StatsRequest, StatsResponse } from '@hako/task-protocol';

/**
 * What hako's own clients may ask of a shim beside containerd's task API: the processes that run in a container, with
 * the numbers they have there (pids of the task API are those of the host), and its metrics, always as those of cgroup v2
 * (Stats of the task API answers what the host's containerd collects).
 */
export interface GuestService {
  readonly name: 'hako.v1.Guest';
  readonly methods: {
    readonly Processes: MethodType<PidsRequest, Any>;
    readonly Metrics: MethodType<StatsRequest, StatsResponse>;
  };
}
export const GuestService: GuestService = {
  name: 'hako.v1.Guest',
  methods: {
    Processes: { request: PidsRequest, response: Any },
    Metrics: { request: StatsRequest, response: StatsResponse },
  },
};

/** Type of the JSON list of GuestProcessInfo in the answer. */
export const PROCESSES_TYPE = 'hako.v1.Processes';
