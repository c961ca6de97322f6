import { type Duplex, duplexPair } from 'node:stream';
import { AgentService, Health } from '@hako/agent-protocol';
import { type ServiceHandlers, TtrpcServer } from '@hako/ttrpc';

/** A real ttRPC server that speaks the agent's protocol in this process. */
export function serveAgent(
  handlers: ServiceHandlers<AgentService> = {},
  health: ServiceHandlers<Health> = { check: () => ({ status: 1 }) },
): { readonly connection: Duplex; readonly server: TtrpcServer; readonly guestEnd: Duplex } {
  const [connection, guestEnd] = duplexPair();
  const server = new TtrpcServer().register(AgentService, handlers).register(Health, health);
  server.serve(guestEnd);
  return { connection, server, guestEnd };
}
