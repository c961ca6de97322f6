import type { MethodType } from '@hako/protobuf';
import { Any, PidsRequest } from '@hako/task-protocol';

/**
 * What hako's own clients may ask of a shim beside containerd's task API: the processes that run in a container, with
 * the numbers they have there. (Pids of the task API are those of the host.)
 */
export interface GuestService {
  readonly name: 'hako.v1.Guest';
  readonly methods: { readonly Processes: MethodType<PidsRequest, Any> };
}
export const GuestService: GuestService = {
  name: 'hako.v1.Guest',
  methods: { Processes: { request: PidsRequest, response: Any } },
};

/** Type of the JSON list of GuestProcessInfo in the answer. */
export const PROCESSES_TYPE = 'hako.v1.Processes';
