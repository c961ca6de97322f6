import { type AgentAddress, formatAgentAddress } from './agent-address.ts';
import { AgentError, type AgentErrorCode } from './agent-error.ts';

/** There is no connection to `address`. */
export function connectionFailure(
  code: AgentErrorCode,
  address: AgentAddress,
  what: string,
  cause?: unknown,
): AgentError {
  const text = formatAgentAddress(address);
  return new AgentError(code, `cannot connect to the agent at ${text}: ${what}`, {
    facts: { address: text, origin: 'local' },
    cause,
  });
}
