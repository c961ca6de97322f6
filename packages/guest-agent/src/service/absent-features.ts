import { AgentError } from '../agent-error.ts';
import type { AgentHandlers } from './handlers.ts';

const memory = ['internal', 'mem-agent is disabled'] as const;

/** Methods of features that this agent does not have, and what Kata's answers where it is built or started without them. */
const answers = {
  memAgentMemcgSet: memory,
  memAgentCompactSet: memory,
  setPolicy: ['not-found', '/grpc.AgentService/SetPolicy is not supported'],
} as const satisfies { readonly [Name in keyof AgentHandlers]?: readonly ['internal' | 'not-found', string] };

/** Handlers that refuse as Kata's agent does. */
export function absentFeatureHandlers(): AgentHandlers {
  return Object.fromEntries(
    Object.entries(answers).map(([name, [code, message]]) => [
      name,
      () => {
        throw new AgentError(code, message);
      },
    ]),
  );
}
