import { AgentError } from '../agent-error.ts';
import type { AgentHandlers } from './handlers.ts';

const iptables = 'the image has no iptables; rules belong into the namespace on the host';
const memory = 'memory is not tuned by this agent';

/** Methods that this agent does not serve, and why. */
const reasons = {
  removeStaleVirtiofsShareMounts: 'shares are mounted once and never go stale here',
  getIPTables: iptables,
  setIPTables: iptables,
  memAgentMemcgSet: memory,
  memAgentCompactSet: memory,
  copyFile: 'files are shared, not copied',
  getVolumeStats: 'volumes are not measured yet',
  resizeVolume: 'volumes cannot be resized',
  setPolicy: 'there is no policy engine',
} as const satisfies { readonly [Name in keyof AgentHandlers]?: string };

/** Handlers that answer UNIMPLEMENTED with the reason. */
export function unimplementedHandlers(): AgentHandlers {
  return Object.fromEntries(
    Object.entries(reasons).map(([name, reason]) => [
      name,
      () => {
        throw new AgentError('unimplemented', `${name}: ${reason}`);
      },
    ]),
  );
}
