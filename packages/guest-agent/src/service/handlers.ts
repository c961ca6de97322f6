import type { AgentService } from '@hako/agent-protocol';
import { type ServiceHandlers, TtrpcError } from '@hako/ttrpc';
import { AgentError } from '../agent-error.ts';

/** Handlers of some of the agent's methods; each RPC family makes its own. */
export type AgentHandlers = ServiceHandlers<AgentService>;

/** An error of the agent as the status of an answer; anything unforeseen is `internal`. */
function asStatus(error: unknown): TtrpcError {
  if (error instanceof TtrpcError) return error;
  if (error instanceof AgentError) return new TtrpcError(error.code, error.message, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  return new TtrpcError('internal', message, { cause: error });
}

type Handler = (request: never, context: never) => unknown;

/** The same handlers, with every error as a status. */
export function withStatuses<H extends object>(handlers: H): H {
  const wrapped = Object.entries(handlers as Record<string, Handler>).map(([name, handler]) => [
    name,
    async (request: never, context: never) => {
      try {
        return await handler(request, context);
      } catch (error) {
        throw asStatus(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as H;
}
