import { AgentError } from '../agent-error.ts';
import type { AgentHandlers } from './handlers.ts';

const memory = 'memory is not tuned by this agent';

/** Methods that this agent does not serve, and why. */
const reasons = {
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
