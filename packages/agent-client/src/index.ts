export { type AgentAddress, agentPort, formatAgentAddress, parseAgentAddress } from './agent-address.ts';
export { type AgentClient, type ConnectOptions, connectAgent } from './agent-client.ts';
export { AgentError, type AgentErrorCode, type AgentErrorFacts } from './agent-error.ts';
export type { StreamOptions } from './process-streams.ts';
export { openTransport, type TransportOptions } from './transport.ts';
export { visibleText } from './visible-text.ts';
