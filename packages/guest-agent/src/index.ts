export { type AgentOptions, createAgentServer } from './agent.ts';
export { AgentError, type AgentErrorCode, type AgentErrorFacts } from './agent-error.ts';
export type { BootTimes } from './service/guest-service.ts';
export type { FolderOf } from './system/bind-across.ts';
export type { Command, Machine, MountRequest, ProcessPipes } from './system/machine.ts';
