import { AgentError } from '../agent-error.ts';
import type { AgentHandlers } from './handlers.ts';

const iptables = 'the image has no iptables; rules belong into the namespace on the host';
const memory = 'memory is not tuned by this agent';

/** Methods that this agent does not serve, and why. */
const reasons = {
  getIPTables: iptables,
  setIPTables: iptables,
  memAgentMemcgSet: memory,
  memAgentCompactSet: memory,
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
