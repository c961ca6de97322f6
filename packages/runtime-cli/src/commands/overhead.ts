import { stringifyJson } from '@hako/oci-spec/json';
import { liveState, sandboxError, sandboxProcesses } from '@hako/sandbox/state';
import { unpackAny } from '@hako/task-protocol';
import { Metrics } from '@hako/task-protocol/cgroups-v2';
import type { Context } from '../context.ts';
import { onContainer } from '../on-container.ts';
import { print } from '../output.ts';
import { sandboxUse } from '../stats-event.ts';

/**
 * Prints what a sandbox costs on the host beyond what its containers use, as one line of JSON: kata-runtime 1.x has it as
 * kata-overhead.
 *
 * @throws SandboxError `not-found`; `wrong-state` for a container that is no sandbox, or has stopped
 */
export async function overhead(context: Context, id: string): Promise<number> {
  const { store, host } = context;
  await onContainer(context, id, async ({ guest }, { sandboxId }) => {
    if (sandboxId !== id) {
      throw sandboxError('wrong-state', `${id} is a container of sandbox ${sandboxId}: name that`, { id });
    }
    const metrics: Metrics[] = [];
    for (const member of store.list()) {
      const state = liveState(store, host, member);
      if (state.sandboxId !== id || state.status === 'stopped' || state.status === 'creating') continue;
      const { stats } = await guest.metrics({ id: member });
      metrics.push(unpackAny(Metrics, stats) ?? Metrics.create({}));
    }
    print(`${stringifyJson({ id, ...sandboxUse(metrics, sandboxProcesses(store, id)) })}\n`);
  });
  return 0;
}
